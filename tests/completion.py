#!/usr/bin/env python3
"""completion.py SHELL SCRIPT LINE...    what a real bash or zsh makes of each line when Tab is pressed behind it, a line each, words in <>"""
import os
import pty
import re
import select
import sys
import time

QUIET = 0.15  # seconds without output after which a shell is thought to wait
PATIENCE = 20


def read(terminal, until=None):
    """All output until it has a match, and then until the shell falls silent."""
    output, end, found = "", time.time() + (PATIENCE if until else 0.3), False
    while time.time() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                output = (output + os.read(terminal, 65536).decode(errors="replace")).replace("\r\n", "\n")
            except OSError:
                break
            if not until or found or re.search(until, output):
                found, end = True, time.time() + QUIET
    return output


def main(shell, script, lines):
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="dumb", PS1="$ ", LC_ALL="C.UTF-8")
        os.execvp(shell, [shell, "--norc", "--noprofile", "-i"] if shell == "bash" else [shell, "-f", "-i"])

    def send(text):
        os.write(terminal, text.encode())

    read(terminal)
    if shell == "zsh":
        send("unsetopt zle_bracketed_paste; autoload -Uz compinit && compinit -u -D\n")
    # A function in the program's place tells the words it is given.
    send("lstm-gpu() { printf '<%s>' \"$@\"; echo; }\n")
    send(f". '{script}'; echo rea''dy\n")
    read(terminal, until="\nready\n")
    for line in lines:
        send(line + "\t")
        shown = read(terminal)
        send("\n")
        shown += read(terminal, until=r"\n<.*>\n")
        words = re.findall(r"(?m)^<.*>$", shown)
        print(words[-1] if words else repr(shown))
    send("exit\n")
    os.close(terminal)


main(sys.argv[1], sys.argv[2], sys.argv[3:])
