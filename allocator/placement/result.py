"""What placing gives back: typed, in frames, and readable in a notebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from allocator.placement.round import Round


@dataclass(frozen=True)
class Certificate:
    """What proves each goal without a solver: prices and nothing else.

    Parameters
    ----------
    provisions : dict of provision_id to list of int, one a tier
    schools : dict of school_id to list of int, one a tier
    """

    provisions: dict[str, list[int]]
    schools: dict[str, list[int]]

    def as_json(self) -> dict[str, dict[str, list[int]]]:
        """Return the content of certificate.json."""
        return {"provisions": self.provisions, "schools": self.schools}


@dataclass(frozen=True)
class PlacementResult:
    """A proven placement of a round.

    Parameters
    ----------
    round : Round
        The inputs that it answers.
    status : {"optimal", "feasible"}
        "optimal" when every goal is proven.
    placements : DataFrame
        A row for every child, sorted by child_id; the columns of placements.csv.
    options : DataFrame
        A row for every option that was, or was asked for; the columns of options.csv.
    goals : list of dict
        An entry a tier, as in run.json.
    certificate : Certificate
    lottery : dict
        "seed", "commitment", "checked".
    counts : dict of str to int
    seconds : dict of str to float
        Wall seconds by step.
    """

    round: Round
    status: str
    placements: pd.DataFrame
    options: pd.DataFrame
    goals: list[dict[str, Any]]
    certificate: Certificate
    lottery: dict[str, Any]
    counts: dict[str, int]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        """Whether every goal is proven."""
        return all(goal["proven"] for goal in self.goals)

    def __repr__(self) -> str:
        c = self.counts
        return (
            f"<PlacementResult {self.round.policy.round.id}: {self.status}, "
            f"{c['placed'] + c['fixed']} of {c['children']} children placed>"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(goal['measure'])}</td>"
            f"<td>{'' if goal['level'] is None else escape(str(goal['level']))}</td>"
            f"<td>{goal['value']}</td><td>{'proved best' if goal['proven'] else 'not proved'}</td></tr>"
            for goal in self.goals
        )
        head = "<tr><th scope='col'>goal</th><th scope='col'>level</th><th scope='col'>value</th>" \
               "<th scope='col'>proof</th></tr>"  # fmt: skip
        caption = escape(repr(self)[1:-1])
        return f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"
