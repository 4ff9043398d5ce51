/* Prints tracer's completion script for bash. The options come from options.def; how a value is completed
 * follows from what --help shows for it. The script works with and without the bash-completion package. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/kernel_probe.h"

/* Placeholder in options.def -> shell function that completes the value. Others get no completion. */
static const struct {
    const char *argument;
    const char *function;
} values[] = {
    {"PID[,PID]", "_tracer_pids"},     {"PATH", "_tracer_files"},         {"FILE", "_tracer_files"},
    {"FILE.d", "_tracer_definitions"}, {"NAME[,NAME]", "_tracer_kernel"},
};

static const char head[] =
    "_tracer_files()\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "}\n"
    "\n"
    "_tracer_definitions()\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"; compgen -f -X '!*.d' -- \"$cur\")\n"
    "}\n"
    "\n"
    "# The last of \"17,42,4\".\n"
    "_tracer_pids()\n"
    "{\n"
    "    local before=''\n"
    "    [[ $cur == *,* ]] && before=${cur%,*},\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$(cd /proc && echo [0-9]*)\" -- "
    "\"${cur##*,}\")\n"
    "}\n"
    "\n"
    "_tracer_kernel()\n"
    "{\n"
    "    local before=''\n"
    "    [[ $cur == *,* ]] && before=${cur%,*},\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$_tracer_kernel_probes\" -- \"${cur##*,}\")\n"
    "}\n"
    "\n"
    "# Completes the value of option $1; false when it has none.\n"
    "_tracer_value()\n"
    "{\n"
    "    case $1 in\n";

static const char tail[] =
    "    esac\n"
    "}\n"
    "\n"
    "_tracer()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} list='' word i\n"
    "    COMPREPLY=()\n"
    "    # Readline has split --format=json at the '='.\n"
    "    if [[ $cur == = ]]; then\n"
    "        cur=\n"
    "    elif [[ $previous == = ]]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        [[ $word == --list || $word =~ ^-[$_tracer_flags]*l ]] && list=yes\n"
    "        [[ $word == -- ]] && break\n"
    "    done\n"
    "    if ((i < COMP_CWORD)); then\n"
    "        if [[ $list ]]; then\n"
    "            _tracer_files\n"
    "        elif declare -F _command_offset >/dev/null; then\n"
    "            _command_offset $((i + 1))\n"
    "        elif ((i + 1 == COMP_CWORD)); then\n"
    "            compopt -o filenames 2>/dev/null\n"
    "            mapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n"
    "        else\n"
    "            _tracer_files\n"
    "        fi\n"
    "    elif _tracer_value \"$previous\"; then\n"
    "        :\n"
    "    elif [[ $cur == -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$_tracer_options\" -- \"$cur\")\n"
    "    elif [[ $list ]]; then\n"
    "        _tracer_files\n"
    "    fi\n"
    "}\n"
    "\n"
    "complete -F _tracer tracer\n";

static void print_names(char letter, const char *name)
{
    if (letter)
        printf(" -%c", letter);
    printf(" --%s", name);
}

/* Letters that may stand together: -lv. */
static void print_flag(char letter, const char *argument)
{
    if (letter && !argument)
        putchar(letter);
}

/* One arm of the case in _tracer_value. */
static void print_case(char letter, const char *name, const char *argument)
{
    if (!argument)
        return;
    printf("    ");
    if (letter)
        printf("-%c | ", letter);
    printf("--%s)\n        ", name);
    const char *function = ":";
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (strcmp(values[i].argument, argument) == 0)
            function = values[i].function;
    }
    if (strchr(argument, '|')) {
        printf("mapfile -t COMPREPLY < <(compgen -W '");
        for (; *argument; argument++)
            putchar(*argument == '|' ? ' ' : *argument);
        printf("' -- \"$cur\")");
    } else {
        printf("%s", function);
    }
    printf(" ;;\n");
}

int main(void)
{
    printf("# bash completion for tracer\n\n_tracer_options='");
#define OPTION(id, letter, name, argument, help) print_names(letter, name);
#include "options.def"
    printf("'\n_tracer_flags='");
#define OPTION(id, letter, name, argument, help) print_flag(letter, argument);
#include "options.def"
    printf("'\n_tracer_kernel_probes='");
    for (size_t i = 0; i < WIRE_KERNEL_PROBES; i++)
        printf(" %s", kernel_probes[i].name);
    printf("'\n\n%s", head);
#define OPTION(id, letter, name, argument, help) print_case(letter, name, argument);
#include "options.def"
    printf("    *)\n        return 1 ;;\n%s", tail);
    return fflush(stdout) || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
