"""Many rows for one statement, as one JSON document that PostgreSQL takes apart again (``json_to_recordset``).

An array parameter for each column would do too, but the driver escapes every element by itself, in Python: for a batch
of 256 comments that cost more than PostgreSQL's own work (docs/performance.md).
"""

import orjson


def document(rows: object) -> str:
    """``rows`` as JSON. Dataclasses, enumerations, UUIDs and aware times are written natively."""
    return orjson.dumps(rows).decode()
