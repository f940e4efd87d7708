#!/usr/bin/env python3
"""Counts the calls of a storm by disposition and by queue outcome, without the library.

    count.py STREAM

STREAM is what a server of 13 or later sent: `server.bin` of a recording. The files `*-storm.txt`
hold what this prints. It reads no more than a storm needs: originated Local pairs that run the
dialplan, Dial, a queue and ConfBridge. It refuses a stream with anything else that decides a call.
"""
import collections
import pathlib
import re
import sys

BEYOND = {"BlindTransfer", "AttendedTransfer", "Pickup", "ParkedCall", "MeetmeJoin", "AgentLogin"}


def events(stream):
    for frame in stream.split(b"\r\n\r\n"):
        lines = frame.decode("latin-1").split("\r\n")
        lines = lines[next((n for n, line in enumerate(lines) if line.startswith("Event: ")), len(lines)):]
        headers = dict(reversed([line.partition(": ")[::2] for line in lines]))
        # Items of lists carry an ActionID; they tell nothing new of a call.
        if "Event" in headers and "ActionID" not in headers:
            yield headers


class Calls:
    def __init__(self):
        self.call = {}                                # unique id -> linked id
        self.name = {}                                # unique id -> channel
        self.alive = collections.defaultdict(set)     # linked id -> unique ids
        self.bridges = collections.defaultdict(set)   # bridge -> unique ids
        self.talked, self.rooms, self.run = set(), set(), set()
        self.queues = {}                              # unique id -> [queue, outcome]

    def handle(self, event):
        name, uid = event["Event"], event.get("Uniqueid")
        if name in BEYOND:
            sys.exit(f"{name}: this script can't judge such a call")
        if name == "Newchannel":
            self.call[uid], self.name[uid] = event["Linkedid"], event["Channel"]
            self.alive[event["Linkedid"]].add(uid)
        if uid not in self.call:
            return
        if event.get("Linkedid", self.call[uid]) != self.call[uid]:
            sys.exit(f"{uid}: its linked id changes")
        call = self.call[uid]
        if name == "Hangup":
            self.alive[call].discard(uid)
        elif name == "Newstate" and event["ChannelStateDesc"] == "Up":
            self.run.add(call)
        elif name == "ConfbridgeJoin":
            self.rooms.add(call)
        elif name == "BridgeEnter" and event["BridgeType"] == "basic":
            inside = self.bridges[event["BridgeUniqueid"]]
            inside.add(uid)
            # The two halves of one pair are one end.
            if len({re.sub(";[12]$", "", self.name[one]) for one in inside}) > 1:
                self.talked.add(call)
        elif name == "BridgeLeave":
            self.bridges[event["BridgeUniqueid"]].discard(uid)
        elif name == "QueueCallerJoin":
            self.queues[uid] = [event["Queue"], None]
        elif name == "AgentConnect":
            self.queues[uid][1] = "answered"
        elif name == "VarSet" and event["Variable"] == "QUEUESTATUS" and self.queues[uid][1] is None:
            self.queues[uid][1] = "timeout" if event["Value"] == "TIMEOUT" else "empty"

    def disposition(self, call):
        """The words that fit, the first one first."""
        if call in self.rooms:
            return "conference", "conference"
        if call in self.talked:
            return "answered", "answered"
        first = "application" if call in self.run else "unknown"
        # Such a call could still become another one: the recording ends in it.
        return first, "unknown" if self.alive[call] else first


def main(path):
    calls = Calls()
    for event in events(pathlib.Path(path).read_bytes()):
        calls.handle(event)
    first, last = collections.Counter(), collections.Counter()
    for call in set(calls.call.values()):
        one, other = calls.disposition(call)
        first[one] += 1
        last[other] += 1
    print(f"calls\t{first.total()}")
    for word in sorted(first | last):
        few, many = sorted((first[word], last[word]))
        print(f"count\tdisposition\t{word}\t{few}" + (f"..{many}" if many > few else ""))
    for (queue, outcome), number in sorted(collections.Counter(map(tuple, calls.queues.values())).items()):
        print(f"count\tqueue\t{queue}\t{outcome or 'unknown'}\t{number}")


if __name__ == "__main__":
    main(*sys.argv[1:])
