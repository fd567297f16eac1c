"""Invented names of schools: a coined word and what the school is."""

from __future__ import annotations

from typing import Final

from allocator.synthetic.draws import Draws

# None is meant to be the name of a real school.
BEGINNINGS: Final = (
    "Alder", "Amber", "Anvil", "Apple", "Arrow", "Aspen", "Barley", "Beacon", "Bell", "Birch", "Bramble",
    "Brindle", "Candle", "Cedar", "Chalk", "Cinder", "Clover", "Copper", "Coral", "Crane", "Dapple",
    "Dove", "Drift", "Ember", "Fallow", "Fen", "Fern", "Finch", "Flint", "Frost", "Garnet", "Gorse",
    "Hazel", "Heron", "Hollow", "Ivory", "Juniper", "Kestrel", "Lantern", "Lark", "Linden", "Maple",
    "Marl", "Merle", "Moss", "Oat", "Osier", "Otter", "Pebble", "Plover", "Quarry", "Quill", "Raven",
    "Reed", "Rowan", "Rush", "Saffron", "Sedge", "Shingle", "Silver", "Sorrel", "Sparrow", "Swift",
    "Tarn", "Teasel", "Thistle", "Thorn", "Umber", "Violet", "Willow", "Wren", "Yarrow",
)  # fmt: skip
ENDINGS: Final = (
    "bank", "barrow", "beck", "bourne", "bridge", "brook", "burn", "cliffe", "combe", "cote", "croft",
    "dale", "dean", "den", "down", "edge", "fell", "field", "fold", "ford", "garth", "gate", "grove",
    "ham", "haven", "hay", "heath", "hill", "holm", "holt", "hope", "hurst", "lea", "ley", "ling", "lode",
    "low", "marsh", "mead", "mere", "mill", "moor", "mount", "ness", "over", "pool", "reach", "ridge",
    "rise", "shaw", "side", "slade", "stead", "stock", "stow", "strand", "thwaite", "vale", "wald",
    "water", "way", "wick", "wood", "worth",
)  # fmt: skip
TITLES: Final = {
    "special": "School",
    "independent_special": "House School",
    "non_maintained_special": "Foundation",
    "further_education": "College",
    "alternative": "Centre",
}
RESOURCED_TITLES: Final = {"P": "Primary School", "S": "High School"}


def school_names(kinds: list[str], phases: list[str], draws: Draws) -> list[str]:
    """Coin a name for each school; no two are alike.

    Parameters
    ----------
    kinds, phases : list of str, one a school
        Kind as in the contract; phases as in `SCHOOL_MODELS`.
    draws : Draws
        Decides which words.
    """
    words = len(BEGINNINGS) * len(ENDINGS)
    order = draws.order(words)
    names = []
    for school, (kind, phase) in enumerate(zip(kinds, phases, strict=True)):
        turn, word = divmod(school, words)
        beginning, ending = divmod(int(order[word]), len(ENDINGS))
        title = TITLES.get(kind) or RESOURCED_TITLES[phase]
        number = f" {turn + 1}" if turn else ""
        names.append(f"{BEGINNINGS[beginning]}{ENDINGS[ending]} {title}{number}")
    return names
