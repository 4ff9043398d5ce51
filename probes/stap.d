/* SystemTap's translator stap, versions 4.8 and 5.1. Its helper staprun has the probes stap_system__* as well,
 * and others under the names staprun and stapio.
 */

provider stap {
    /* The passes in which a script is worked on: options are read, the script (1a) and the library (1b) parsed,
     * everything resolved, translated to C, compiled, run, and tidied up after. The session is one for all. */
    probe pass0__start(void *session);
    probe pass0__end(void *session);
    probe pass1a__start(void *session);
    probe pass1b__start(void *session);
    probe pass1__end(void *session);
    probe pass2__start(void *session);
    probe pass2__end(void *session);
    probe pass3__start(void *session);
    probe pass3__end(void *session);
    probe pass4__start(void *session);
    probe pass4__end(void *session);
    probe pass5__start(void *session);
    probe pass5__end(void *session);
    probe pass6__start(void *session);
    probe pass6__end(void *session);

    /* A compile server is asked to do the work. */
    probe client__start(void *session);
    probe client__end(void *session);

    /* Modules that are kept for the next time: put there, found, removed. */
    probe cache__add__module(const char *source_path, const char *dest_path);
    probe cache__add__source(const char *source_path, const char *dest_path);
    probe cache__get(const char *source_path, const char *module_path);
    probe cache__clean(const char *path);

    /* A command is run: about to be, started (0, or the number of the error), forked, ended. */
    probe stap_system__start(const char *command);
    probe stap_system__spawn(int ret, pid_t pid);
    probe stap_system__fork(pid_t pid);
    probe stap_system__complete(int ret, pid_t pid);

    /* What stap --benchmark-sdt fires: a loop in each of its threads. */
    probe benchmark__start();
    probe benchmark__end();
    probe benchmark__thread__start();
    probe benchmark__thread__end();
    probe benchmark(uint64_t i);
    probe benchmark__fp(double double_value, float float_value);
};
