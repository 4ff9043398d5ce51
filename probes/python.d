/* CPython 3.11, configured --with-dtrace as Debian's is. The probes are in the interpreter and in libpython.
 *
 * The first three fire for Python code only, not for functions written in C, and function__entry for all calls
 * only while line is traced as well. Debian's 3.13 is without them.
 */

provider python {
    probe function__entry(const char *filename, const char *funcname, int lineno);
    probe function__return(const char *filename, const char *funcname, int lineno);
    probe line(const char *filename, const char *funcname, int lineno);

    probe gc__start(int generation);
    probe gc__done(long collected);

    probe import__find__load__start(const char *modulename);
    probe import__find__load__done(const char *modulename, bool found);

    /* sys.audit() and what reports to it; the tuple is an object of the interpreter: the event's arguments. */
    probe audit(const char *event, void *tuple);

    /* Declared by Python but without a place in its code. */
    probe instance__new__start(const char *classname, const char *modulename);
    probe instance__new__done(const char *classname, const char *modulename);
    probe instance__delete__start(const char *classname, const char *modulename);
    probe instance__delete__done(const char *classname, const char *modulename);
};
