"""A tokenized pair with what the reference says of it."""

from dataclasses import dataclass

from ..data.tokenize import TokenizedPair
from ..reference.table_files import ReferenceScore


@dataclass(frozen=True)
class ReferencedPair:
    pair: TokenizedPair
    reference: ReferenceScore
    knows_end: bool
    """Whether `reference.chosen_eos` is log p of an end after this prompt and response."""
