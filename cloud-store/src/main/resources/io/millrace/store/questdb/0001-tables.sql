-- Version 1: the log and its read models.
--
-- Why the keys: a read model may be derived again from any earlier position, so each row must find itself. Nothing in
-- a row depends on when it was derived.
-- Why WAL everywhere: the only kind that many writers, readers and deduplication work with.
-- Why events has no index: columns are scanned faster than an index on a low-cardinality symbol is followed.

-- One row per entry, in the order of positions: ts never goes back, so this is also the order of rows.
CREATE TABLE IF NOT EXISTS log (
    ts TIMESTAMP,
    position LONG,
    kind BYTE,
    site SYMBOL,
    agent SYMBOL,
    lane SYMBOL,
    epoch LONG,
    first LONG,
    count INT,
    from_ts TIMESTAMP,
    to_ts TIMESTAMP,
    backfill BOOLEAN,
    verdicts BINARY,
    topic VARCHAR,
    payload BINARY
) TIMESTAMP(ts) PARTITION BY DAY WAL;

CREATE TABLE IF NOT EXISTS events (
    ts TIMESTAMP,
    site SYMBOL,
    agent SYMBOL,
    device SYMBOL,
    metric SYMBOL,
    unit SYMBOL,
    type BYTE,
    value DOUBLE,
    text VARCHAR,
    quality BYTE,
    lane SYMBOL,
    epoch LONG,
    seq LONG,
    flags INT
) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, site, agent, lane, epoch, seq);

CREATE TABLE IF NOT EXISTS dead_letters (
    ts TIMESTAMP,
    site SYMBOL,
    agent SYMBOL,
    topic VARCHAR,
    reason SYMBOL,
    detail VARCHAR,
    payload BINARY,
    lane SYMBOL,
    epoch LONG,
    seq LONG,
    position LONG
) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, position, seq);

CREATE TABLE IF NOT EXISTS gaps (
    ts TIMESTAMP,
    site SYMBOL,
    agent SYMBOL,
    lane SYMBOL,
    epoch LONG,
    first LONG,
    last LONG,
    reason SYMBOL,
    from_ts TIMESTAMP,
    to_ts TIMESTAMP,
    position LONG
) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, position, first, reason);

CREATE TABLE IF NOT EXISTS windows (
    ts TIMESTAMP,
    size LONG,
    site SYMBOL,
    agent SYMBOL,
    device SYMBOL,
    metric SYMBOL,
    unit SYMBOL,
    count LONG,
    min DOUBLE,
    max DOUBLE,
    mean DOUBLE,
    last DOUBLE,
    version INT,
    retroactive BOOLEAN,
    stale BOOLEAN,
    position LONG
) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, size, site, agent, device, metric, unit, version);

CREATE TABLE IF NOT EXISTS alert_transitions (
    ts TIMESTAMP,
    id VARCHAR,
    rule SYMBOL,
    site SYMBOL,
    agent SYMBOL,
    device SYMBOL,
    metric SYMBOL,
    transition SYMBOL,
    severity SYMBOL,
    value DOUBLE,
    threshold DOUBLE,
    text VARCHAR,
    retroactive BOOLEAN,
    position LONG
) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, id, transition, position);
