/* libvirt 9 and 11: the library libvirt.so, the daemon libvirtd and the driver libvirt_driver_qemu.so, as in
 * Debian 12 and 13.
 *
 * libvirt passes every argument as if it were an address. So numbers, most of them ints, arrive with 64 bits and
 * without a sign: -1, a descriptor that is not there or a timeout that is switched off, is 18446744073709551615.
 */

provider libvirt {
    /* The event loop. A watch and a timer are numbers, cb is what they call, opaque what it gets, ff what frees
     * that. Events are bits: 1 readable, 2 writable, 4 error, 8 hangup. */
    probe event_glib_add_handle(uintptr_t watch, uintptr_t fd, uintptr_t events, void *cb, void *opaque,
                                void *ff);
    probe event_glib_update_handle(uintptr_t watch, uintptr_t events);
    probe event_glib_remove_handle(uintptr_t watch);
    probe event_glib_remove_handle_idle(uintptr_t watch, void *ff, void *opaque);
    probe event_glib_dispatch_handle(uintptr_t watch, uintptr_t events, void *cb, void *opaque);
    probe event_glib_add_timeout(uintptr_t timer, uintptr_t frequency, // ms
                                 void *cb, void *opaque, void *ff);
    probe event_glib_update_timeout(uintptr_t timer, uintptr_t frequency // ms
    );
    probe event_glib_remove_timeout(uintptr_t timer);
    probe event_glib_remove_timeout_idle(uintptr_t timer, void *ff, void *opaque);
    probe event_glib_dispatch_timeout(uintptr_t timer, void *cb, void *opaque);

    /* Objects with a count of their users. */
    probe object_new(void *obj, const char *klassname);
    probe object_ref(void *obj);
    probe object_unref(void *obj);
    probe object_dispose(void *obj);

    /* A socket, of a connection or to the process that is spoken to. */
    probe rpc_socket_new(void *sock, uintptr_t fd, uintptr_t errfd, uintptr_t pid, const char *local_addr,
                         const char *remote_addr);
    probe rpc_socket_dispose(void *sock);
    probe rpc_socket_send_fd(void *sock, uintptr_t fd);
    probe rpc_socket_recv_fd(void *sock, uintptr_t fd);

    /* A client as the server sees it, and the messages to and from it: their length and what stands in their
     * head, that is the program, its version, the procedure, and the serial number that an answer repeats. */
    probe rpc_server_client_new(void *client, void *sock);
    probe rpc_server_client_dispose(void *client);
    probe rpc_server_client_msg_tx_queue(
        void *client, uintptr_t len, uintptr_t prog, uintptr_t vers, uintptr_t proc,
        uintptr_t type, // enum{0=call 1=reply 2=message 3=stream 4=call_with_fds 5=reply_with_fds 6=stream_hole}
        uintptr_t status, // enum{0=ok 1=error 2=continue}
        uintptr_t serial);
    probe rpc_server_client_msg_rx(
        void *client, uintptr_t len, uintptr_t prog, uintptr_t vers, uintptr_t proc,
        uintptr_t type, // enum{0=call 1=reply 2=message 3=stream 4=call_with_fds 5=reply_with_fds 6=stream_hole}
        uintptr_t status, // enum{0=ok 1=error 2=continue}
        uintptr_t serial);
    probe rpc_server_client_auth_allow(void *client, uintptr_t authtype, // enum{0=none 1=sasl 2=polkit}
                                       const char *identity);
    probe rpc_server_client_auth_deny(void *client, uintptr_t authtype, // enum{0=none 1=sasl 2=polkit}
                                      const char *identity);
    probe rpc_server_client_auth_fail(void *client, uintptr_t authtype // enum{0=none 1=sasl 2=polkit}
    );

    /* The same from the client's side. */
    probe rpc_client_new(void *client, void *sock);
    probe rpc_client_dispose(void *client);
    probe rpc_client_msg_tx_queue(
        void *client, uintptr_t len, uintptr_t prog, uintptr_t vers, uintptr_t proc,
        uintptr_t type, // enum{0=call 1=reply 2=message 3=stream 4=call_with_fds 5=reply_with_fds 6=stream_hole}
        uintptr_t status, // enum{0=ok 1=error 2=continue}
        uintptr_t serial);
    probe rpc_client_msg_rx(
        void *client, uintptr_t len, uintptr_t prog, uintptr_t vers, uintptr_t proc,
        uintptr_t type, // enum{0=call 1=reply 2=message 3=stream 4=call_with_fds 5=reply_with_fds 6=stream_hole}
        uintptr_t status, // enum{0=ok 1=error 2=continue}
        uintptr_t serial);

    /* TLS: the files from which a context is made; whether it lets a session in, by the distinguished name of
     * the certificate; how the handshake went. */
    probe rpc_tls_context_new(void *ctxt, const char *cacert, const char *cacrl, const char *cert,
                              const char *key, uintptr_t sanity_check_cert, uintptr_t require_valid_cert,
                              uintptr_t is_server);
    probe rpc_tls_context_dispose(void *ctxt);
    probe rpc_tls_context_session_allow(void *ctxt, void *sess, const char *dname);
    probe rpc_tls_context_session_deny(void *ctxt, void *sess, const char *dname);
    probe rpc_tls_context_session_fail(void *ctxt, void *sess);
    probe rpc_tls_session_new(void *sess, void *ctxt, const char *hostname, uintptr_t is_server);
    probe rpc_tls_session_dispose(void *sess);
    /* Declared by libvirt but without a place in its code. */
    probe rpc_tls_session_handshake_pass(void *sess);
    probe rpc_tls_session_handshake_fail(void *sess);

    /* Is the other side still there? After so many seconds without a message it is asked, count times. */
    probe rpc_keepalive_new(void *ka, void *client);
    probe rpc_keepalive_dispose(void *ka);
    probe rpc_keepalive_start(void *ka, void *client, uintptr_t interval, uintptr_t count);
    probe rpc_keepalive_stop(void *ka, void *client);
    probe rpc_keepalive_send(void *ka, void *client, uintptr_t prog, uintptr_t vers, uintptr_t proc);
    probe rpc_keepalive_received(void *ka, void *client, uintptr_t prog, uintptr_t vers, uintptr_t proc);
    probe rpc_keepalive_timeout(void *ka, void *client, uintptr_t count_to_death, uintptr_t idle);

    /* QEMU's monitor: commands, answers and events in JSON, and the reads and writes that they come in. */
    probe qemu_monitor_new(void *mon, uintptr_t fd);
    probe qemu_monitor_close(void *mon);
    probe qemu_monitor_send_msg(void *mon, const char *msg, uintptr_t fd);
    probe qemu_monitor_recv_reply(void *mon, const char *reply);
    probe qemu_monitor_recv_event(void *mon, const char *event);
    probe qemu_monitor_io_process(void *mon, const char *buf, // text[len]
                                  uintptr_t len);
    probe qemu_monitor_io_write(void *mon, const char *buf, // text[len]
                                uintptr_t len, uintptr_t ret, uintptr_t errno);
    probe qemu_monitor_io_send_fd(void *mon, uintptr_t fd, uintptr_t ret, uintptr_t errno);
    /* Declared by libvirt but without a place in its code. */
    probe qemu_monitor_ref(void *mon);
    probe qemu_monitor_unref(void *mon);
    probe qemu_monitor_io_read(void *mon, const char *buf, // text[len]
                               uintptr_t len, uintptr_t ret, uintptr_t errno);
};
