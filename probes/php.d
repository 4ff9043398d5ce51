/* PHP 8.2, configured --enable-dtrace as Debian 12's is; Debian 13's is not. The probes are in the interpreter
 * (php8.2) and in the modules for web servers.
 *
 * Only those of requests and exceptions fire always; the others if the process was started with
 * USE_ZEND_DTRACE=1 in its environment. What PHP does not know is "-": a script that runs from the command line
 * has neither a URI nor a method.
 */

provider php {
    /* A request comes and goes; on the command line that is one run of a script. */
    probe request__startup(const char *request_file, const char *request_uri, const char *request_method);
    probe request__shutdown(const char *request_file, const char *request_uri, const char *request_method);

    /* A file is compiled: as the script named it, and where it was found. */
    probe compile__file__entry(const char *compile_file, const char *compile_file_translated);
    probe compile__file__return(const char *compile_file, const char *compile_file_translated);

    /* Code begins to run: a file's, a function's, also one that is written in C, a generator's that goes on.
     * The line is the first to be executed. */
    probe execute__entry(const char *request_file, int lineno);
    probe execute__return(const char *request_file, int lineno);

    /* Functions and methods that are written in PHP; a file's own code counts as one that is called main. The
     * scope is the "::" between class and function; both are empty for a function that belongs to no class. */
    probe function__entry(const char *function_name, const char *request_file, int lineno,
                          const char *classname, const char *scope);
    probe function__return(const char *function_name, const char *request_file, int lineno,
                           const char *classname, const char *scope);

    /* The second passes PHP's own kind of string, in which the text begins behind 24 bytes. */
    probe exception__thrown(const char *classname);
    probe exception__caught(const char *classname // +0x18:array string
    );

    /* An error, a warning or a notice. 8.2 has the probe but loses the way to it, so that it never fires. */
    probe error(const char *errormsg, const char *request_file, int lineno);
};
