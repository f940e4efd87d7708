#!/usr/bin/env python3
"""Turns a recorded session into a recording of both directions, with the times of its pieces.

    session_to_replay.py SESSION.jsonl REPLAY

SESSION.jsonl is what a recorder wrote, a JSON object a line, in the order in which things happened:

    {"t": SECONDS, "dir": "s2c", "len": BYTES, "b64": "..."}    the server sent these bytes
    {"t": SECONDS, "dir": "c2s", "len": BYTES, "b64": "..."}    the client sent these bytes
    {"t": SECONDS, "dir": "conn", "note": "..."}                left out, as any other `dir` is

`t` counts from the beginning of the session; without it, or with null, the time is unknown. `len`
may lack as well; where it is there, it has to be right. What `ami inspect` reads comes out:

    < BYTES SECONDS    a line before what the server sent
    > BYTES SECONDS    a line before what the client sent

each with its bytes and a line feed behind. SECONDS have six digits behind the point, and lack where
they are unknown. A line of the session that isn't right is an error that names it, and nothing is
written. `-` is standard input or output.
"""
import base64
import json
import sys

SIDES = {"s2c": b"<", "c2s": b">"}

# A recording of 136 years: what reads the result takes no later time.
LATEST = 2**32


def turn(line):
    """Returns one line of the session as a turn, or None for a note."""
    told = json.loads(line)
    if not isinstance(told, dict):
        raise ValueError("no object")
    side = SIDES.get(told.get("dir"))
    if side is None:
        return None
    sent = base64.b64decode(told["b64"], validate=True)
    if told.get("len", len(sent)) != len(sent):
        raise ValueError(f"len is {told['len']}, b64 has {len(sent)} bytes")
    head = b"%s %d" % (side, len(sent))
    at = told.get("t")
    if at is not None:
        if isinstance(at, bool) or not isinstance(at, (int, float)) or not 0 <= at < LATEST:
            raise ValueError(f"t is {at!r:.40}: seconds from 0 to {LATEST}")
        head += b" %.6f" % abs(at)
    return head + b"\n" + sent + b"\n"


def main(source, target):
    lines = (sys.stdin.buffer if source == "-" else open(source, "rb")).read().splitlines()
    turns = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = turn(line)
        except KeyError as lacking:
            sys.exit(f"{source}:{number}: {lacking.args[0]} is missing")
        except (ValueError, TypeError) as error:
            sys.exit(f"{source}:{number}: {error}")
        if found is not None:
            turns.append(found)
    with sys.stdout.buffer if target == "-" else open(target, "wb") as out:
        out.writelines(turns)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.split("\n\n")[1].strip())
    main(*sys.argv[1:])
