"""Where the reading of an utterance stands: what is being said, and in what kind of sentence."""

from enum import Enum, auto

from tollfree.flows.catalogue import Catalogue
from tollfree.flows.ordering.adding import add
from tollfree.flows.ordering.atoms import Atom, atoms_of
from tollfree.flows.ordering.cart import Cart
from tollfree.flows.ordering.changing import change, correct, remove, replace_with
from tollfree.flows.ordering.mention import Mention, can_leave_out
from tollfree.flows.ordering.menu import Found, Menu
from tollfree.flows.ordering.operations import Remove
from tollfree.flows.ordering.stems import stem
from tollfree.flows.ordering.taking import Taking
from tollfree.flows.ordering.targets import lines_meant
from tollfree.flows.ordering.words import Cue
from tollfree.flows.slots.spoken.words import Tokens


class Mode(Enum):
    """What the present sentence does."""

    ADD = auto()
    REMOVE = auto()
    EDIT = auto()
    INSTEAD = auto()
    """Inside "instead of …"."""
    IGNORE = auto()
    """A question or remark, until something is ordered."""


class Sentence:
    """One pass over an utterance's atoms. Everything may change with each of them."""

    def __init__(self, text: str, held: Tokens, menu: Menu, catalogue: Catalogue, cart: Cart) -> None:
        self.text = text
        self.held = held
        self.menu = menu
        self.atoms = atoms_of(held, menu)
        self.taking = Taking(menu, catalogue, cart)
        self.mode = Mode.ADD
        self.mention = Mention()
        """What is being said."""
        self.left: Mention | None = None
        """What it changes or replaces."""
        self.making = False
        """The edit began with "make", so what is named first is what is changed."""
        self.leaving_out = False
        """What comes is to be left out."""
        self.correcting = False
        """What comes replaces what was just said."""
        self.instead = False
        """What comes replaces a line."""
        self.linked = False
        """ "of" stands behind the item: "a loaf of sourdough bread"."""
        self.anded = False
        """ "and" or "or" stands between this atom and the last thing."""
        self.joined = False
        """A connector or pause stands between this atom and the last thing."""
        self.before: Cue | None = None
        """The cue directly before this atom, fillers apart."""
        self.listing = False
        """The last thing was an option, so that after "and" another may follow."""
        self.focus: Found | None = None
        """The item a question was about: "do you have diet coke? I'll take two"."""
        self.asked_about = ""
        """The first word of the question that is being ignored."""
        self.done = False
        """The caller said that this is all."""
        self.unexplained: list[str] = []

    def _heard(self, mention: Mention) -> str:
        if mention.start < 0 or mention.end <= mention.start:
            return ""
        return self.text[self.held[mention.start].start : self.held[mention.end - 1].end]

    def end(self) -> None:
        """A sentence ends, and with it its kind."""
        self.flush()
        self.mode = Mode.ADD
        self.before, self.joined = None, False

    def flush(self) -> None:
        """Makes of the mention what it means, and begins a new one."""
        mention, left = self.mention, self.left
        self.mention, self.left = Mention(), None
        self.leaving_out = self.correcting = self.listing = self.linked = False
        heard = self._heard(mention)
        if self.mode is Mode.EDIT:
            if not mention.empty and not change(self.taking, left, mention, heard):
                self.unexplained.append(heard)
            self.mode = Mode.ADD
        elif self.mode is Mode.REMOVE:
            if not mention.empty and not remove(self.taking, mention, heard):
                self.unexplained.append(heard)
        elif self.mode is Mode.INSTEAD:
            self._flush_instead(left, mention, heard)
        elif not mention.empty:
            self._flush_add(mention, heard)

    def _flush_add(self, mention: Mention, heard: str) -> None:
        last = self.taking.last()
        if mention.item is not None and last is not None and not self.taking.operations:
            sure, self.instead = self.instead, False
            if (sure or (self._denied() and not mention.ordered)) and correct(self.taking, last, mention, heard, sure):
                return
        if mention.item is not None and mention.item.full:
            own = self.menu.words_of(mention.item.items[0])
            self.unexplained += [word for word in mention.strange if stem(word) not in own]
        if not add(self.taking, mention, heard, self.focus) and heard:
            self.unexplained.append(heard)

    def _denied(self) -> bool:
        """Whether the utterance began by denying what we read back: "no, a sprite"."""
        first = next((atom.cue for atom in self.atoms if atom.cue is not Cue.FILLER), None)
        return first in (Cue.NO, Cue.CORRECT)

    def _flush_instead(self, wanted: Mention | None, mention: Mention, heard: str) -> None:
        """The end of "instead of the coke": what is wanted was said before, or comes now."""
        self.mode = Mode.ADD
        lines = () if mention.empty else lines_meant(self.taking.cart, mention, self.menu)
        if mention.item is None and not mention.points_back:
            lines = ()
        if wanted is not None:
            replace_with(self.taking, lines, wanted, self._heard(wanted))
        elif lines:
            self.taking.emit(Remove(line=lines[0].id, heard=heard))
            self.mention.quantity = lines[0].quantity
            self.mention.article = True
            self.mention.ordered = True

    def to_right_side(self) -> None:
        """What was named is what shall change; what comes is what it shall be."""
        start = self.mention.start
        self.left, self.mention = self.mention, Mention()
        if start >= 0:
            self.mention.start = start

    def leaves_out(self, item: Found, after: Atom) -> bool:
        """Whether the words name something that can be left out of the item."""
        return any(can_leave_out(self.menu, place, after.text) for place in item.items)
