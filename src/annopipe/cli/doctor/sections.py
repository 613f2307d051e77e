"""What the report holds, in order; a part of annopipe that has something to say adds its section here."""

from collections.abc import Callable
from typing import Final

from annopipe.cli.doctor.extras import extras
from annopipe.cli.doctor.hub import hub
from annopipe.cli.doctor.models import models
from annopipe.cli.doctor.processor import processor
from annopipe.cli.doctor.section import Section
from annopipe.cli.doctor.self_test import self_test
from annopipe.cli.doctor.spark import spark
from annopipe.cli.doctor.versions import versions

SECTIONS: Final[tuple[Callable[[], Section], ...]] = (versions, extras, processor, models, hub, spark, self_test)
