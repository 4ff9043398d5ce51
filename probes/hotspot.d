/* OpenJDK's virtual machine HotSpot, libjvm.so, versions 17 and 21, built with DTrace support as Debian's are.
 *
 * Names of classes, methods and threads are not terminated by a NUL: each is followed by its length in bytes.
 * Classes are written as the virtual machine does, java/lang/String, and a signature as (I)V. A Java thread is
 * meant by the number that Thread.getId() returns; class loaders and monitors are addresses, which connect
 * events but may change hands when the garbage collector moves things.
 *
 * What happens often is told only on demand: object__alloc with -XX:+DTraceAllocProbes, method__entry and
 * method__return with -XX:+DTraceMethodProbes, monitor__* with -XX:+DTraceMonitorProbes.
 */

provider hotspot {
    /* The virtual machine starts and ends. */
    probe vm__init__begin();
    probe vm__init__end();
    probe vm__shutdown();

    /* Classes come and go; shared is one that comes out of the archive of classes prepared beforehand. */
    probe class__loaded(const char *name, // text[name_len]
                        int name_len, void *class_loader, bool shared);
    probe class__unloaded(const char *name, // text[name_len]
                          int name_len, void *class_loader, bool shared);

    /* A class is to be initialized, and what came of it: another call of the same thread does it already, or
     * another thread has done it, it has failed before, the superclass failed, the static initializer runs, it
     * threw, there was none. The thread type is always -1; wait says that another thread was waited for. */
    probe class__initialization__required(const char *name, // text[name_len]
                                          int name_len, void *class_loader, int thread_type);
    probe class__initialization__recursive(const char *name, // text[name_len]
                                           int name_len, void *class_loader, int thread_type, bool wait);
    probe class__initialization__concurrent(const char *name, // text[name_len]
                                            int name_len, void *class_loader, int thread_type, bool wait);
    probe class__initialization__erroneous(const char *name, // text[name_len]
                                           int name_len, void *class_loader, int thread_type, bool wait);
    probe class__initialization__super__failed(const char *name, // text[name_len]
                                               int name_len, void *class_loader, int thread_type, bool wait);
    probe class__initialization__clinit(const char *name, // text[name_len]
                                        int name_len, void *class_loader, int thread_type, bool wait);
    probe class__initialization__error(const char *name, // text[name_len]
                                       int name_len, void *class_loader, int thread_type, bool wait);
    probe class__initialization__end(const char *name, // text[name_len]
                                     int name_len, void *class_loader, int thread_type, bool wait);

    /* Operations of the virtual machine itself, such as a garbage collection. */
    probe vmops__request(const char *name, // text[name_len]
                         size_t name_len, int mode // enum{0=safepoint 1=no_safepoint}
    );
    probe vmops__begin(const char *name, // text[name_len]
                       size_t name_len, int mode // enum{0=safepoint 1=no_safepoint}
    );
    probe vmops__end(const char *name, // text[name_len]
                     size_t name_len, int mode // enum{0=safepoint 1=no_safepoint}
    );

    /* A garbage collection, of the whole heap or not, and what it finds and leaves in each of the pools. Sizes
     * are in bytes; one that is not known or not limited has all bits set. */
    probe gc__begin(bool full);
    probe gc__end();
    probe mem__pool__gc__begin(const char *manager, // text[manager_len]
                               size_t manager_len, const char *pool, // text[pool_len]
                               size_t pool_len, size_t init_size, size_t used, size_t committed,
                               size_t max_size);
    probe mem__pool__gc__end(const char *manager, // text[manager_len]
                             size_t manager_len, const char *pool, // text[pool_len]
                             size_t pool_len, size_t init_size, size_t used, size_t committed,
                             size_t max_size);

    /* Threads. The native number is the system's, as in the field tid. */
    probe thread__start(const char *name, // text[name_len]
                        int name_len, int64_t java_thread_id, uintptr_t native_thread_id, bool is_daemon);
    probe thread__stop(const char *name, // text[name_len]
                       int name_len, int64_t java_thread_id, uintptr_t native_thread_id, bool is_daemon);

    /* They sleep, and whether that was interrupted; they yield. */
    probe thread__sleep__begin(int64_t duration // ms
    );
    probe thread__sleep__end(bool interrupted);
    probe thread__yield();

    /* LockSupport.park() and unpark(); a parker is a thread's. The time is a moment in milliseconds since 1970
     * if it is absolute, else a span in nanoseconds, and 0 without limit. */
    probe thread__park__begin(void *parker, bool is_absolute, int64_t time);
    probe thread__park__end(void *parker);
    probe thread__unpark(void *parker);

    /* Methods are compiled, and their code is installed and removed. */
    probe method__compile__begin(const char *compiler, // text[compiler_len]
                                 size_t compiler_len, const char *class_name, // text[class_name_len]
                                 int class_name_len, const char *method_name, // text[method_name_len]
                                 int method_name_len, const char *signature, // text[signature_len]
                                 int signature_len);
    probe method__compile__end(const char *compiler, // text[compiler_len]
                               size_t compiler_len, const char *class_name, // text[class_name_len]
                               int class_name_len, const char *method_name, // text[method_name_len]
                               int method_name_len, const char *signature, // text[signature_len]
                               int signature_len, bool success);
    probe compiled__method__load(const char *class_name, // text[class_name_len]
                                 int class_name_len, const char *method_name, // text[method_name_len]
                                 int method_name_len, const char *signature, // text[signature_len]
                                 int signature_len, void *code, int code_size);
    probe compiled__method__unload(const char *class_name, // text[class_name_len]
                                   int class_name_len, const char *method_name, // text[method_name_len]
                                   int method_name_len, const char *signature, // text[signature_len]
                                   int signature_len);

    /* The monitor of an object of that class: somebody waits for it, has got it, leaves it while others wait;
     * Object.wait(), for so long, 0 being forever, notify() and notifyAll(). */
    probe monitor__contended__enter(int64_t java_thread_id, void *monitor,
                                    const char *class_name, // text[class_name_len]
                                    int class_name_len);
    probe monitor__contended__entered(int64_t java_thread_id, void *monitor,
                                      const char *class_name, // text[class_name_len]
                                      int class_name_len);
    probe monitor__contended__exit(int64_t java_thread_id, void *monitor,
                                   const char *class_name, // text[class_name_len]
                                   int class_name_len);
    probe monitor__wait(int64_t java_thread_id, void *monitor, const char *class_name, // text[class_name_len]
                        int class_name_len, int64_t timeout // ms
    );
    probe monitor__waited(int64_t java_thread_id, void *monitor,
                          const char *class_name, // text[class_name_len]
                          int class_name_len);
    probe monitor__notify(int64_t java_thread_id, void *monitor,
                          const char *class_name, // text[class_name_len]
                          int class_name_len);
    probe monitor__notifyAll(int64_t java_thread_id, void *monitor,
                             const char *class_name, // text[class_name_len]
                             int class_name_len);

    /* An object is made, of so many bytes: an int in 17, a size_t in 21. */
    probe object__alloc(int64_t java_thread_id, const char *class_name, // text[class_name_len]
                        int class_name_len, object_size_t size);

    /* A method is called, and left by a return or an exception. */
    probe method__entry(int64_t java_thread_id, const char *class_name, // text[class_name_len]
                        int class_name_len, const char *method_name, // text[method_name_len]
                        int method_name_len, const char *signature, // text[signature_len]
                        int signature_len);
    probe method__return(int64_t java_thread_id, const char *class_name, // text[class_name_len]
                         int class_name_len, const char *method_name, // text[method_name_len]
                         int method_name_len, const char *signature, // text[signature_len]
                         int signature_len);
};
