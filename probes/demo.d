/*
 * The probes of demo-app, which also shows how a provider definition is written.
 *
 *   dtrace -h -s demo.d    makes the header with one macro per probe:
 *                          DEMO_REQUEST_START(...) and DEMO_REQUEST_START_ENABLED()
 *   dtrace -G -s demo.d    makes the object with one semaphore per probe
 *
 * tracer takes the names and the types of the arguments from here, and each name becomes a field of its
 * output: choose them as somebody will want to read them. A double underscore is how a dash is written, so
 * this file's connection__accept is the probe connection-accept to DTrace. Comments stand on lines of their
 * own, because the simpler of dtrace's two parsers drops a line in which one ends. What C's types can't say
 * stands behind the argument, after two slashes, which both parsers understand: tracer-probes(5).
 */

/* What a worker is about to do with a request. */
typedef enum demo_phase {
    DEMO_PHASE_PARSE = 1,
    DEMO_PHASE_BODY = 2,
    DEMO_PHASE_HANDLE = 3,
    DEMO_PHASE_SEND = 4
} demo_phase_t;

provider demo {
    /* The port is open and the threads start. Fires once, before any other probe. */
    probe server__start(uint16_t port, int threads);

    /* All connections are closed and the threads have ended. It takes no arguments. */
    probe server__stop();

    /* A connection came in; peer is "127.0.0.1:40000". Connections are numbered from 1. */
    probe connection__accept(uint64_t conn_id, const char *peer);

    /* A connection ended, after so many requests. */
    probe connection__close(uint64_t conn_id, uint64_t requests);

    /* A worker took a connection from the queue, in which so many stood, that one included. */
    probe worker__queue(int worker, int depth);

    /*
     * A request's head was read; requests are numbered from 1 over all connections. The path is as the
     * client wrote it. Both strings are NULL when the request line made no sense.
     */
    probe request__start(uint64_t conn_id, uint64_t request_id, const char *method, const char *path);

    /* A header field, one event for each, in the order in which they came. */
    probe request__header(uint64_t conn_id, uint64_t request_id, const char *name, const char *value);

    /* The request enters a phase. The probe stands in an inline function, so it has a site per caller. */
    probe request__phase(uint64_t conn_id, uint64_t request_id, demo_phase_t phase);

    /* The response is out. bytes counts its body; with keep_alive the connection stays open. */
    probe response__done(uint64_t conn_id, uint64_t request_id, int status, uint64_t bytes,
                         double duration_ms, bool keep_alive);

    /* The helper program ended: its exit status, or minus the signal that killed it. */
    probe helper__exit(uint64_t request_id, const char *path, int pid, int status);

    /* One turn of the loop that --hits runs, */
    probe tick(uint64_t i, uint64_t twice);

    /* and with --probe, of the same loop with six integers of all widths, */
    probe tick__six(uint64_t i, uint64_t twice, int64_t minus, uint32_t low, uint16_t lower, uint8_t lowest);

    /* or with 16 bytes of text. */
    probe tick__text(const char *text);

    /*
     * From here on: values that a tracer can get wrong, always the same ones. demo-app fires them once it
     * has started, whether or not the semaphore is raised.
     */

    /* Every width with its sign, the ends of the 64-bit range, 2^53 + 1. Each site reads them elsewhere. */
    probe check__integers(int8_t i8, uint8_t u8, int16_t i16, uint16_t u16, int32_t i32, uint32_t u32,
                          int64_t i64, int64_t i64_min, uint64_t u64_max, uint64_t beyond_2_53,
                          bool yes, demo_phase_t phase);

    /* A float beside doubles, and doubles that JSON can't say. */
    probe check__floats(float single, double pi, double largest, double negative, double nan,
                        double infinity);

    /* No text, no string, control bytes and quotes, bytes that aren't UTF-8, 300 bytes of alphabet. */
    probe check__strings(const char *empty, const char *null, const char *controls, const char *invalid,
                         const char *longer);

    /* A string on a page that demo-app never reads, so that it isn't in memory when the probe fires. */
    probe check__cold(const char *text);

    /* The elements of an array, negative ones among them. */
    probe check__table(uint32_t index, int32_t value);

    /* Bytes and text without a NUL at the end: none, some with NULs in them, 300, five behind NULL. */
    probe check__bytes(size_t length, const void *bytes, // hex[length]
                       const void *text // text[length]
    );

    /* Socket addresses: IPv4, IPv6, a path, an abstract name, of another family, none. */
    probe check__address(struct sockaddr *address // sockaddr
    );

    /* Members of a list's nodes, of four and then of one: what it passes is always the first node. */
    probe check__member(struct check_node *value, // .value
                        struct check_node *id, // .inner.id hex[4]
                        struct check_node *name, // .name
                        struct check_node *second, // .next.name
                        struct check_node *last, // .next.next.next.value
                        struct check_node *by_hand // +0+0+0+16:s32
    );

    /* A value that has a name, and one that hasn't, and how long that took. */
    probe check__named(int8_t verdict, // enum{-1=FAILED 0=IDLE 1=BUSY}
                       unsigned waited // us
    );
};
