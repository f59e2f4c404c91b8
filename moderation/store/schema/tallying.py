"""How many comments scored what, day by day, and what people decided on them: kept up, never counted anew."""

from datetime import date

from sqlalchemy import Date, ForeignKey, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.schema.base import Base, RowId


class ScoreTally(Base):
    """One heap of ``domain.score_tally`` of one day (the site's own), as the sweep last folded it.

    ``published`` and ``rejected`` count decisions of people of the desk that stand, on the day of the scoring.
    """

    __tablename__ = "score_tallies"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    label: Mapped[str] = mapped_column(Text, primary_key=True)
    script: Mapped[str] = mapped_column(Text, primary_key=True)
    rest: Mapped[str] = mapped_column(Text, primary_key=True)
    bin: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    scored: Mapped[int]
    published: Mapped[int]
    rejected: Mapped[int]


class ScoreTallyChange(Base):
    """What came to a heap since; rows are only added and then folded, so that writers never wait for each other."""

    __tablename__ = "score_tally_changes"

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    day: Mapped[date] = mapped_column(Date)
    label: Mapped[str] = mapped_column(Text)
    script: Mapped[str] = mapped_column(Text)
    rest: Mapped[str] = mapped_column(Text)
    bin: Mapped[int] = mapped_column(SmallInteger)
    scored: Mapped[int]
    published: Mapped[int]
    rejected: Mapped[int]
