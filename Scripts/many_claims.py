#!/usr/bin/env python3
"""A ledger of many claims, made from the entries of another, to time `cuneus claims` with (Docs/claims.md).

    Scripts/many_claims.py Examples/psychotherapy/claims.yaml 100 > hundred.yaml
    time cuneus claims Examples/psychotherapy --ledger hundred.yaml

Entries are repeated under names of their own. With --fresh every second one is about a ball of its own, so that regions, not only
sentences, are many: no effect that one claim has computed serves another.
"""

import sys

PLACES = [(x, y, z) for x in (-40, -32, -24, 24, 32, 40) for y in (-60, -40, -20, 0, 20) for z in (0, 12, 24)]


def entries(ledger: str) -> tuple[str, list[str]]:
    """What stands before the claims, and the claims, each from the line of its name."""
    head, *claims = ledger.split("\n  - name: ")
    return head, claims


def ball(claim: str, number: int) -> str:
    """The claim about another place; one on a pair, or on no region, stays as it is."""
    x, y, z = PLACES[number % len(PLACES)]
    lines = claim.split("\n")
    for index, line in enumerate(lines):
        if line.startswith("    region: "):
            lines[index] = f"    region: {{name: ball {number}, sphere: [{x}, {y}, {z}], radius: 12}}"
            break
    return "\n".join(lines)


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if argument != "--fresh"]
    if len(arguments) != 2 or not arguments[1].isdigit():
        sys.exit(__doc__)
    with open(arguments[0], encoding="utf-8") as file:
        head, claims = entries(file.read())
    made = []
    for number in range(int(arguments[1])):
        name, rest = claims[number % len(claims)].split("\n", 1)
        copy = f"{name}-{number + 1}\n{rest.rstrip()}\n"
        made.append(ball(copy, number) if "--fresh" in sys.argv and number % 2 else copy)
    print(head + "".join(f"\n  - name: {claim}" for claim in made), end="")


if __name__ == "__main__":
    main()
