"""Reads what callgrind writes: instructions by function and source file, self and inclusive.

The format is the manual's chapter "Callgrind Format": `fl=` and `fn=` open a function, `fi=` and `fe=` say whose inlined lines
follow, `calls=` is followed by a line with what the call cost. Names are written once and then by number.
"""

import collections
import re
from dataclasses import dataclass, field

NAME = re.compile(r"^(ob|fl|fi|fe|fn|cob|cfi|cfl|cfn)=\((\d+)\)(?: (.*))?$")
# Files and functions are numbered apart; those of callees share the numbers of their kind.
KIND = {"ob": "ob", "cob": "ob", "fl": "fl", "fi": "fl", "fe": "fl", "cfi": "fl", "cfl": "fl", "fn": "fn", "cfn": "fn"}


@dataclass
class Profile:
    total: int = 0
    # (object, function, source file) -> instructions
    parts: collections.Counter = field(default_factory=collections.Counter)
    # function -> instructions of it and all it called
    inclusive: collections.Counter = field(default_factory=collections.Counter)

    def minus(self, other, requests):
        """What each request cost: the difference of two runs."""
        less = Profile(round((self.total - other.total) / requests))
        for mine, theirs, result in ((self.parts, other.parts, less.parts), (self.inclusive, other.inclusive, less.inclusive)):
            for key in mine:
                result[key] = (mine[key] - theirs[key]) / requests
        return less

    def self_of_functions(self):
        costs = collections.Counter()
        for (_, function, _), cost in self.parts.items():
            costs[function] += cost
        return costs


def read(path):
    names = {"ob": {}, "fl": {}, "fn": {}}
    now = {"ob": "", "fl": "", "fn": ""}
    profile = Profile()
    call_follows = False
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            found = NAME.match(line.rstrip("\n"))
            if found:
                kind, number, name = found.groups()
                if name is not None:
                    names[KIND[kind]][number] = name
                if not kind.startswith("c"):
                    now[KIND[kind]] = names[KIND[kind]][number]
            elif line.startswith("calls="):
                call_follows = True
            elif line[:1].isdigit() or line[:1] in "+-*":
                cost = int(line.split()[-1])
                if call_follows:
                    profile.inclusive[now["fn"]] += cost
                    call_follows = False
                else:
                    profile.parts[(now["ob"], now["fn"], now["fl"])] += cost
                    profile.inclusive[now["fn"]] += cost
                    profile.total += cost
    return profile
