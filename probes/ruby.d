/* Ruby 3.1, configured --enable-dtrace as Debian 12's libruby is; Debian 13's is not.
 *
 * File and line are those from which something was called, not those where it is defined. Ruby's own code, also
 * that which runs before the script, has line 0; its file is "ruby", "<main>" or empty.
 */

provider ruby {
    /* Methods written in Ruby, and those written in C. */
    probe method__entry(const char *classname, const char *methodname, const char *filename, int lineno);
    probe method__return(const char *classname, const char *methodname, const char *filename, int lineno);
    probe cmethod__entry(const char *classname, const char *methodname, const char *filename, int lineno);
    probe cmethod__return(const char *classname, const char *methodname, const char *filename, int lineno);

    /* require, the search for the file in it, and load. */
    probe require__entry(const char *requiredfile, const char *filename, int lineno);
    probe require__return(const char *requiredfile, const char *filename, int lineno);
    probe find__require__entry(const char *requiredfile, const char *filename, int lineno);
    probe find__require__return(const char *requiredfile, const char *filename, int lineno);
    probe load__entry(const char *loadedfile, const char *filename, int lineno);
    probe load__return(const char *loadedfile, const char *filename, int lineno);

    /* An exception is raised. */
    probe raise(const char *classname, const char *filename, int lineno);

    /* Objects come into being. The first tells of those for which there is no probe of their own. The length is
     * that with which the array, the hash or the string begins. */
    probe object__create(const char *classname, const char *filename, int lineno);
    probe array__create(long length, const char *filename, int lineno);
    probe hash__create(long length, const char *filename, int lineno);
    probe string__create(long length, const char *filename, int lineno);
    probe symbol__create(const char *str, const char *filename, int lineno);

    /* A file is parsed, from this line on. */
    probe parse__begin(const char *sourcefile, int lineno);
    probe parse__end(const char *sourcefile, int lineno);

    /* The garbage collector's two phases. */
    probe gc__mark__begin();
    probe gc__mark__end();
    probe gc__sweep__begin();
    probe gc__sweep__end();

    /* Instructions of the virtual machine, in a Ruby that was built to tell of them. Debian's was not. */
    probe insn(const char *insns_name);
    probe insn__operand(const char *val, const char *insns_name);
};
