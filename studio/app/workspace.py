"""Everything an action may work on: the session and the use cases of the pages, made once."""

from studio.app.corrections import Corrections
from studio.app.health import Health
from studio.app.inspection import Inspection
from studio.app.labeling import Labeling
from studio.app.looks_trial import LooksTrial
from studio.app.pipeline import Pipeline
from studio.app.rate_finder import RateFinder
from studio.app.runs import Runs
from studio.app.session import Session


class Workspace:
    """One for a window; each part tells its own listeners what changed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.pipeline = Pipeline(session)
        self.health = Health(session, self.pipeline)
        self.labeling = Labeling(session)
        self.runs = Runs(session)
        self.rate_finder = RateFinder(session, self.pipeline)
        self.inspection = Inspection(session, self.labeling, self.runs)
        self.looks_trial = LooksTrial(session)
        self.corrections = Corrections(session, self.pipeline, self.runs)

    @property
    def has_project(self) -> bool:
        return self.session.project is not None
