-- The tables of a hub, in a schema of their own that the creator's role owns. Stet runs this with the search path set to
-- that schema, and `{member}` replaced by the role whose members may use the hub.
--
-- Every row that is exchanged has `at`, the transaction that wrote it last. A cursor over it follows the order of commits:
-- the next reading begins at the oldest transaction that still runs, so that nothing that commits late is skipped.
-- No time of day decides anything but how long a reservation lasts, and that is the server's own.

REVOKE ALL ON SCHEMA {schema} FROM PUBLIC;
GRANT USAGE ON SCHEMA {schema} TO {member};

CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of a hub only grows' USING ERRCODE = 'insufficient_privilege';
END $$;

-- `incarnation` is made anew when a hub was restored into another server, where transactions are counted anew.
CREATE TABLE hub (
    uid text PRIMARY KEY,
    project text NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    incarnation text NOT NULL DEFAULT gen_random_uuid()::text,
    annotators integer NOT NULL DEFAULT 1 CHECK (annotators BETWEEN 1 AND 1000),
    hours real NOT NULL DEFAULT 72 CHECK (hours > 0),
    sorting text NOT NULL DEFAULT 'order' CHECK (sorting IN ('order', 'shortest', 'longest', 'random'))
);

-- `key` is the name as Stet compares names; `login` the role that the person connects with.
CREATE TABLE person (
    key text PRIMARY KEY,
    name text NOT NULL,
    login text NOT NULL UNIQUE,
    role text NOT NULL CHECK (role IN ('annotator', 'reviewer', 'lead'))
);

CREATE FUNCTION my_key() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT key FROM person WHERE login = session_user
$$;

CREATE FUNCTION my_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT role FROM person WHERE login = session_user
$$;

CREATE TABLE scheme (
    number integer PRIMARY KEY,
    tag text NOT NULL,
    toml text NOT NULL,
    changes text NOT NULL DEFAULT '[]',
    at xid8 NOT NULL
);

-- `line` is the document as a line of Stet's JSONL, without the work on it.
CREATE TABLE document (
    uid text PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    sha256 text NOT NULL,
    words integer NOT NULL CHECK (words >= 0),
    is_work boolean NOT NULL,
    line text NOT NULL,
    at xid8 NOT NULL
);
CREATE INDEX document_at ON document (at);

CREATE TABLE reference (
    document text NOT NULL REFERENCES document,
    reference text NOT NULL REFERENCES document,
    position bigint GENERATED ALWAYS AS IDENTITY,
    at xid8 NOT NULL,
    PRIMARY KEY (document, reference)
);
CREATE INDEX reference_at ON reference (at);

-- One annotator's set on a document, as in such a line, on the text with the hash `sha256`. `digest` is the one that Stet compares sets by: whoever writes names the digest that
-- they have built on, and is refused if it isn't there any more. `event` is the entry of the log that each write makes.
-- `finished` is the day on which the annotator called it done, if they did.
CREATE TABLE work (
    document text NOT NULL REFERENCES document,
    annotator text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('person', 'model', 'gold')),
    revision integer NOT NULL DEFAULT 1,
    digest text NOT NULL,
    sha256 text NOT NULL,
    status text NOT NULL,
    marks integer NOT NULL,
    content text NOT NULL,
    event text NOT NULL,
    finished text NOT NULL DEFAULT '',
    at xid8 NOT NULL,
    PRIMARY KEY (document, annotator)
);
CREATE INDEX work_at ON work (at);
CREATE INDEX work_annotator ON work (annotator, at);

-- What programs have suggested in a document, as one person's workbench has it, with that person's answers and what was
-- shown to them: a JSON array as in such a line, on the text with the hash `sha256`. `digest` is that of `content`.
CREATE TABLE suggested (
    document text NOT NULL REFERENCES document,
    person text NOT NULL,
    digest text NOT NULL,
    sha256 text NOT NULL,
    content text NOT NULL,
    at xid8 NOT NULL,
    PRIMARY KEY (document, person)
);
CREATE INDEX suggested_at ON suggested (at);

-- Patterns of what is always suggested, as JSON.
CREATE TABLE pattern (
    uid text PRIMARY KEY,
    person text NOT NULL DEFAULT my_key(),
    content text NOT NULL,
    at xid8 NOT NULL
);
CREATE INDEX pattern_at ON pattern (at);

CREATE TABLE decision (
    uid text PRIMARY KEY,
    document text NOT NULL REFERENCES document,
    reviewer text NOT NULL,
    is_withdrawn boolean NOT NULL DEFAULT false,
    content text NOT NULL,
    event text NOT NULL,
    at xid8 NOT NULL
);
CREATE INDEX decision_at ON decision (at);
CREATE INDEX decision_document ON decision (document);

CREATE TABLE release (
    document text PRIMARY KEY REFERENCES document,
    reviewer text NOT NULL,
    is_withdrawn boolean NOT NULL DEFAULT false,
    at xid8 NOT NULL
);
CREATE INDEX release_at ON release (at);

-- The log: who wrote what, in the order of commits by `at`. It only grows.
CREATE TABLE event (
    uid text PRIMARY KEY,
    person text NOT NULL,
    kind text NOT NULL,
    document text,
    subject text NOT NULL,
    digest text NOT NULL,
    marks integer NOT NULL DEFAULT 0,
    at xid8 NOT NULL
);
CREATE TRIGGER event_only_grows BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER event_is_kept BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse();

-- How many work on a document, or have, whether that are fewer than shall, and who. A seat that is reserved falls back when its time is over, with no loss:
-- what its annotator marked stays, and may still be added to. The seat on a document that is finished has no `until`.
CREATE TABLE queue (
    document text PRIMARY KEY REFERENCES document,
    place double precision NOT NULL,
    taken integer NOT NULL DEFAULT 0,
    is_free boolean NOT NULL DEFAULT true
);
-- What is left to take only: whoever takes a document must not look at all those that are taken.
CREATE INDEX queue_free ON queue (place, document) WHERE is_free;

CREATE TABLE seat (
    document text NOT NULL REFERENCES document,
    annotator text NOT NULL REFERENCES person,
    state text NOT NULL CHECK (state IN ('assigned', 'reserved', 'given back')),
    until timestamptz,
    at xid8 NOT NULL,
    PRIMARY KEY (document, annotator)
);
CREATE INDEX seat_annotator ON seat (annotator, at);
CREATE INDEX seat_at ON seat (at);
CREATE INDEX seat_until ON seat (until) WHERE state = 'reserved';

CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON scheme FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON document FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON reference FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON work FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON suggested FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON pattern FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON release FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON seat FOR EACH ROW EXECUTE FUNCTION stamp();

-- Where a notification wakes up all (''), those who see everyone's work ('_work'), or one person (a digest of their key).
-- If every mark woke up everyone, the load of a team would grow with its square.
CREATE FUNCTION channel(whose text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT 'stet_' || uid || whose FROM hub
$$;

-- Reserve a seat for longer, as its annotator has written, or for good, as they have finished. It isn't written anew for
-- less than a hundredth of its time.
CREATE FUNCTION hold_seat(which text, whose text, is_done boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    span interval := (SELECT hours FROM hub) * interval '1 hour';
BEGIN
    UPDATE seat SET until = CASE WHEN is_done THEN NULL ELSE now() + span END
    WHERE document = which AND annotator = whose AND state = 'reserved'
        AND CASE WHEN is_done THEN until IS NOT NULL ELSE until IS NULL OR until < now() + span * 0.99 END;
END $$;

CREATE FUNCTION log_work() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.event = NEW.event THEN
        RETURN NULL;
    END IF;
    INSERT INTO event (uid, person, kind, document, subject, digest, marks, at)
    VALUES (NEW.event, coalesce(my_key(), session_user), 'work', NEW.document, NEW.annotator, NEW.digest, NEW.marks,
            pg_current_xact_id());
    PERFORM hold_seat(NEW.document, NEW.annotator, NEW.status LIKE 'done%');
    PERFORM pg_notify(channel('_work'), ''), pg_notify(channel('_' || left(md5(NEW.annotator), 16)), '');
    RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON work FOR EACH ROW EXECUTE FUNCTION log_work();

-- What reviewers and leads have in their projects is told to annotators, too: suggestions and patterns, without answers.
CREATE FUNCTION is_told(whose text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT my_role() IS NOT NULL AND EXISTS (SELECT 1 FROM person WHERE key = whose AND role IN ('reviewer', 'lead'))
$$;

CREATE FUNCTION tell_suggested() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_notify(channel(CASE WHEN is_told(NEW.person) THEN '' ELSE '_work' END), '');
    RETURN NULL;
END $$;
CREATE TRIGGER told AFTER INSERT OR UPDATE ON suggested FOR EACH ROW EXECUTE FUNCTION tell_suggested();
CREATE TRIGGER told AFTER INSERT OR UPDATE ON pattern FOR EACH ROW EXECUTE FUNCTION tell_suggested();

CREATE FUNCTION changed_suggested(since xid8) RETURNS TABLE (document text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    -- It is planned with the value that it is about, and so by the index.
    RETURN QUERY EXECUTE
        'SELECT s.document FROM suggested s WHERE s.at >= $1 AND ($2 OR s.person = $3 OR is_told(s.person))'
        USING since, my_role() IN ('reviewer', 'lead'), my_key();
END $$;

CREATE FUNCTION told_suggested(which text[], since xid8) RETURNS TABLE (
    document text, person text, digest text, sha256 text, content text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT s.document, '', '', s.sha256, (
        SELECT coalesce(jsonb_agg(e.value - 'outcomes' - 'shown' ORDER BY e.ordinality), '[]')
        FROM jsonb_array_elements(s.content::jsonb) WITH ORDINALITY e)::text
    FROM suggested s
    WHERE my_role() = 'annotator' AND s.document = ANY (which) AND s.at >= since AND is_told(s.person)
$$;

CREATE FUNCTION log_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO event (uid, person, kind, document, subject, digest, at)
    VALUES (NEW.event, coalesce(my_key(), session_user), CASE WHEN NEW.is_withdrawn THEN 'withdraw' ELSE 'decide' END,
            NEW.document, NEW.uid, '', pg_current_xact_id());
    PERFORM pg_notify(channel('_work'), '');
    RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION log_decision();

CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_notify(channel(''), '');
    RETURN NULL;
END $$;
CREATE TRIGGER told AFTER INSERT OR UPDATE ON document FOR EACH STATEMENT EXECUTE FUNCTION tell();
CREATE TRIGGER told AFTER INSERT ON reference FOR EACH STATEMENT EXECUTE FUNCTION tell();
CREATE TRIGGER told AFTER INSERT OR UPDATE ON scheme FOR EACH STATEMENT EXECUTE FUNCTION tell();
CREATE TRIGGER told AFTER INSERT OR UPDATE ON release FOR EACH STATEMENT EXECUTE FUNCTION tell();
CREATE TRIGGER told AFTER INSERT OR UPDATE OF state ON seat FOR EACH STATEMENT EXECUTE FUNCTION tell();

-- Where a document stands in the queue, by the rule that the lead has set: what is smaller comes first.
CREATE FUNCTION place_of(which text) RETURNS double precision LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    SELECT CASE h.sorting WHEN 'shortest' THEN d.words WHEN 'longest' THEN -d.words
        WHEN 'random' THEN ('x' || left(md5(h.uid || d.uid), 8))::bit(32)::bigint ELSE d.position END
    FROM hub h, document d WHERE d.uid = which
$$;

CREATE FUNCTION place_all() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.sorting <> OLD.sorting THEN
        UPDATE queue SET place = place_of(document);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER placed AFTER UPDATE OF sorting ON hub FOR EACH ROW EXECUTE FUNCTION place_all();

CREATE FUNCTION count_free() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.place := place_of(NEW.document);
    END IF;
    NEW.is_free := NEW.taken < (SELECT annotators FROM hub);
    RETURN NEW;
END $$;
CREATE TRIGGER counted BEFORE INSERT OR UPDATE ON queue FOR EACH ROW EXECUTE FUNCTION count_free();

CREATE FUNCTION count_all_free() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE queue SET taken = taken WHERE is_free <> (taken < NEW.annotators);
    RETURN NULL;
END $$;
CREATE TRIGGER counted AFTER UPDATE OF annotators ON hub FOR EACH ROW EXECUTE FUNCTION count_all_free();

-- Take documents for oneself. The row of the queue is locked and counted up, so that two who ask at the same moment get
-- different ones; who waits for a lock would only get what is taken already, so rows that are locked are passed over.
CREATE FUNCTION take(most integer) RETURNS TABLE (document text) LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    me text := my_key();
    last timestamptz := now() + (SELECT hours FROM hub) * interval '1 hour';
BEGIN
    IF me IS NULL OR most IS NULL OR most < 1 OR most > 10000 THEN
        RAISE EXCEPTION 'nobody, or not so many' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM give_back_late();
    RETURN QUERY
    WITH free AS (
        SELECT q.document FROM queue q
        WHERE q.is_free AND NOT EXISTS (
            SELECT 1 FROM seat s WHERE s.document = q.document AND s.annotator = me AND s.state <> 'given back')
        ORDER BY q.place, q.document LIMIT most FOR UPDATE OF q SKIP LOCKED
    ), counted AS (
        UPDATE queue q SET taken = q.taken + 1 FROM free f WHERE q.document = f.document RETURNING q.document
    )
    INSERT INTO seat AS s (document, annotator, state, until)
    SELECT c.document, me, 'reserved', last FROM counted c
    ON CONFLICT ON CONSTRAINT seat_pkey DO UPDATE SET state = 'reserved', until = last
    RETURNING s.document;
END $$;

-- Give back what is reserved past its time. Whoever has finished a document keeps the seat.
CREATE FUNCTION give_back_late() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    given integer;
BEGIN
    WITH late AS (
        SELECT s.document, s.annotator FROM seat s
        WHERE s.state = 'reserved' AND s.until < now() AND NOT EXISTS (
            SELECT 1 FROM work w WHERE w.document = s.document AND w.annotator = s.annotator AND w.status LIKE 'done%')
        FOR UPDATE OF s SKIP LOCKED
    ), back AS (
        UPDATE seat s SET state = 'given back' FROM late l
        WHERE s.document = l.document AND s.annotator = l.annotator RETURNING s.document
    ), each AS (
        SELECT b.document, count(*) AS seats FROM back b GROUP BY b.document
    ), counted AS (
        UPDATE queue q SET taken = greatest(q.taken - e.seats, 0) FROM each e WHERE q.document = e.document RETURNING 1
    )
    SELECT count(*) INTO given FROM counted;
    RETURN given;
END $$;

-- Give back one's own seats on documents that aren't finished.
CREATE FUNCTION give_back(which text[]) RETURNS TABLE (document text) LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    me text := my_key();
BEGIN
    RETURN QUERY
    WITH back AS (
        UPDATE seat s SET state = 'given back', until = NULL
        WHERE s.annotator = me AND s.document = ANY (which) AND s.state = 'reserved' AND NOT EXISTS (
            SELECT 1 FROM work w WHERE w.document = s.document AND w.annotator = me AND w.status LIKE 'done%')
        RETURNING s.document
    ), counted AS (
        UPDATE queue q SET taken = greatest(q.taken - 1, 0) FROM back b WHERE q.document = b.document
    )
    SELECT b.document FROM back b;
END $$;

-- After a hub was restored into another server, rows carry transactions that this one hasn't come to. The first who sees
-- that stamps them anew and gives the hub another incarnation, so that every workbench compares everything once.
CREATE FUNCTION is_from_elsewhere() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    -- The newest of each table, which is at the end of an index. Whether there is one that is newer than something is
    -- planned without knowing of what, as if every third were.
    SELECT EXISTS (SELECT 1 FROM (VALUES
        ((SELECT at FROM work ORDER BY at DESC LIMIT 1)), ((SELECT at FROM document ORDER BY at DESC LIMIT 1)),
        ((SELECT at FROM seat ORDER BY at DESC LIMIT 1)), ((SELECT at FROM decision ORDER BY at DESC LIMIT 1)),
        ((SELECT at FROM suggested ORDER BY at DESC LIMIT 1)), ((SELECT at FROM pattern ORDER BY at DESC LIMIT 1)),
        ((SELECT at FROM scheme ORDER BY at DESC LIMIT 1)), ((SELECT at FROM release ORDER BY at DESC LIMIT 1)),
        ((SELECT at FROM reference ORDER BY at DESC LIMIT 1))
    ) newest (at) WHERE newest.at > pg_snapshot_xmax(pg_current_snapshot()))
$$;

CREATE FUNCTION renew() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    name text;
BEGIN
    IF is_from_elsewhere() THEN
        PERFORM 1 FROM hub FOR UPDATE;
        -- Whoever has waited for another who does the same sees what they have done.
        IF is_from_elsewhere() THEN
            UPDATE scheme SET at = at;
            UPDATE document SET at = at;
            UPDATE reference SET at = at;
            UPDATE work SET at = at;
            UPDATE suggested SET at = at;
            UPDATE pattern SET at = at;
            UPDATE decision SET at = at;
            UPDATE release SET at = at;
            UPDATE seat SET at = at;
            UPDATE hub SET incarnation = gen_random_uuid()::text;
        END IF;
    END IF;
    SELECT incarnation INTO name FROM hub;
    RETURN name;
END $$;

-- What annotators are told of released documents: gold without what it was made from, and the decisions without the names
-- of reviewers and of others, whose votes are counted only.
CREATE FUNCTION told_gold(which text[], since xid8) RETURNS TABLE (
    document text, annotator text, kind text, digest text, sha256 text, status text, marks integer, content text, event text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT w.document, w.annotator, w.kind, '', w.sha256, w.status, w.marks,
        ((w.content::jsonb - 'seconds' - 'flag' - 'note') || jsonb_build_object('annotations', (
            SELECT coalesce(jsonb_agg((a.value - 'extra') || '{"origin": "human"}' ORDER BY a.ordinality), '[]')
            FROM jsonb_array_elements(w.content::jsonb -> 'annotations') WITH ORDINALITY a)))::text, w.event
    FROM work w JOIN release r ON r.document = w.document AND NOT r.is_withdrawn
    WHERE my_role() = 'annotator' AND w.kind = 'gold' AND w.document = ANY (which) AND (w.at >= since OR r.at >= since)
$$;

-- The releases of some documents, or all that were changed since. A statement that is planned with the values that it
-- is about uses the index.
CREATE FUNCTION told_releases(which text[], since xid8) RETURNS TABLE (
    document text, reviewer text, is_withdrawn boolean, changed xid8)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    role text := my_role();
BEGIN
    IF role IS NOT NULL THEN
        RETURN QUERY EXECUTE
            'SELECT document, CASE WHEN $1 THEN ''reviewer'' ELSE reviewer END, is_withdrawn, at FROM release WHERE '
            || CASE WHEN which IS NULL THEN 'at >= $3' ELSE 'document = ANY ($2)' END
            USING role = 'annotator', which, since;
    END IF;
END $$;

CREATE FUNCTION told_decisions(which text[], since xid8) RETURNS TABLE (
    uid text, document text, reviewer text, is_withdrawn boolean, content text, event text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT d.uid, d.document, 'reviewer', d.is_withdrawn, (d.content::jsonb || jsonb_build_object(
        'reviewer', 'reviewer',
        'key', 'hidden',
        'sources', (
            SELECT coalesce(jsonb_agg(s.value ORDER BY s.ordinality), '[]')
            FROM jsonb_array_elements(d.content::jsonb -> 'sources') WITH ORDINALITY s WHERE mine.marks ? (s.value #>> '{}')),
        'fields', (
            SELECT coalesce(jsonb_object_agg(f.key, CASE
                WHEN mine.marks ? f.value OR f.value IN ('reviewer', 'union', 'intersection') THEN f.value
                ELSE 'somebody' END), '{}')
            FROM jsonb_each_text(d.content::jsonb -> 'fields') f),
        'votes', (
            SELECT coalesce(jsonb_object_agg(
                CASE WHEN v.is_mine THEN v.key ELSE v.number::text END,
                CASE WHEN v.is_mine OR v.value = 'null' THEN v.value ELSE '"somebody"' END), '{}')
            FROM (SELECT o.key, o.value, o.key = p.name AS is_mine, row_number() OVER (
                      PARTITION BY o.key = p.name ORDER BY o.value <> 'null', md5(d.uid || o.key)) AS number
                  FROM jsonb_each(d.content::jsonb -> 'votes') o) v)
    ))::text, d.event
    FROM decision d
    JOIN release r ON r.document = d.document AND NOT r.is_withdrawn
    JOIN person p ON p.login = session_user AND p.role = 'annotator'
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(a.value -> 'id'), '[]') AS marks
        FROM work w, jsonb_array_elements(w.content::jsonb -> 'annotations') a
        WHERE w.document = d.document AND w.annotator = p.key) mine
    WHERE d.document = ANY (which) AND (d.at >= since OR r.at >= since)
$$;

ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE work ENABLE ROW LEVEL SECURITY;
ALTER TABLE suggested ENABLE ROW LEVEL SECURITY;
ALTER TABLE pattern ENABLE ROW LEVEL SECURITY;
ALTER TABLE decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE seat ENABLE ROW LEVEL SECURITY;
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
ALTER TABLE document ENABLE ROW LEVEL SECURITY;
ALTER TABLE reference ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheme ENABLE ROW LEVEL SECURITY;
ALTER TABLE release ENABLE ROW LEVEL SECURITY;
ALTER TABLE queue ENABLE ROW LEVEL SECURITY;

-- What a policy asks once for a statement stands in a sub-select; otherwise it would be asked for each row.
CREATE POLICY read_people ON person FOR SELECT
    USING (login = session_user OR (SELECT my_role()) IN ('reviewer', 'lead'));
CREATE POLICY read_documents ON document FOR SELECT USING ((SELECT my_role()) IS NOT NULL);
CREATE POLICY add_documents ON document FOR INSERT WITH CHECK ((SELECT my_role()) = 'lead');
CREATE POLICY change_documents ON document FOR UPDATE USING ((SELECT my_role()) = 'lead');
CREATE POLICY read_references ON reference FOR SELECT USING ((SELECT my_role()) IS NOT NULL);
CREATE POLICY add_references ON reference FOR INSERT WITH CHECK ((SELECT my_role()) = 'lead');
CREATE POLICY read_schemes ON scheme FOR SELECT USING ((SELECT my_role()) IS NOT NULL);
CREATE POLICY add_schemes ON scheme FOR INSERT WITH CHECK ((SELECT my_role()) = 'lead');
CREATE POLICY read_work ON work FOR SELECT USING (
    annotator = (SELECT my_key()) OR (SELECT my_role()) IN ('reviewer', 'lead'));
CREATE POLICY add_work ON work FOR INSERT WITH CHECK (
    (annotator = (SELECT my_key()) AND kind = 'person')
    OR (kind IN ('gold', 'model') AND annotator <> ALL (SELECT key FROM person)
        AND (SELECT my_role()) IN ('reviewer', 'lead')));
CREATE POLICY change_work ON work FOR UPDATE USING (
    (annotator = (SELECT my_key()) AND kind = 'person')
    OR (kind IN ('gold', 'model') AND (SELECT my_role()) IN ('reviewer', 'lead')))
    WITH CHECK (
    (annotator = (SELECT my_key()) AND kind = 'person')
    OR (kind IN ('gold', 'model') AND annotator <> ALL (SELECT key FROM person)
        AND (SELECT my_role()) IN ('reviewer', 'lead')));
CREATE POLICY read_suggested ON suggested FOR SELECT
    USING (person = (SELECT my_key()) OR (SELECT my_role()) IN ('reviewer', 'lead'));
CREATE POLICY add_suggested ON suggested FOR INSERT WITH CHECK (person = (SELECT my_key()));
CREATE POLICY change_suggested ON suggested FOR UPDATE
    USING (person = (SELECT my_key())) WITH CHECK (person = (SELECT my_key()));
CREATE POLICY read_patterns ON pattern FOR SELECT
    USING (person = (SELECT my_key()) OR (SELECT my_role()) IN ('reviewer', 'lead') OR is_told(person));
CREATE POLICY add_patterns ON pattern FOR INSERT WITH CHECK (person = (SELECT my_key()));
CREATE POLICY read_decisions ON decision FOR SELECT USING ((SELECT my_role()) IN ('reviewer', 'lead'));
CREATE POLICY add_decisions ON decision FOR INSERT WITH CHECK ((SELECT my_role()) IN ('reviewer', 'lead'));
CREATE POLICY change_decisions ON decision FOR UPDATE USING ((SELECT my_role()) IN ('reviewer', 'lead'));
CREATE POLICY read_releases ON release FOR SELECT USING ((SELECT my_role()) IS NOT NULL);
CREATE POLICY add_releases ON release FOR INSERT WITH CHECK ((SELECT my_role()) IN ('reviewer', 'lead'));
CREATE POLICY change_releases ON release FOR UPDATE USING ((SELECT my_role()) IN ('reviewer', 'lead'));
CREATE POLICY read_seats ON seat FOR SELECT
    USING (annotator = (SELECT my_key()) OR (SELECT my_role()) IN ('reviewer', 'lead'));
CREATE POLICY add_seats ON seat FOR INSERT WITH CHECK ((SELECT my_role()) = 'lead' AND state = 'assigned');
CREATE POLICY change_seats ON seat FOR UPDATE USING ((SELECT my_role()) = 'lead')
    WITH CHECK ((SELECT my_role()) = 'lead' AND state IN ('assigned', 'given back'));
CREATE POLICY read_queue ON queue FOR SELECT USING ((SELECT my_role()) = 'lead');
CREATE POLICY add_queue ON queue FOR INSERT WITH CHECK ((SELECT my_role()) = 'lead');
CREATE POLICY change_queue ON queue FOR UPDATE USING ((SELECT my_role()) = 'lead');
CREATE POLICY read_events ON event FOR SELECT
    USING (person = (SELECT my_key()) OR (SELECT my_role()) IN ('reviewer', 'lead'));

GRANT SELECT ON hub, person, scheme, document, reference, work, decision, event, queue, seat TO {member};
GRANT UPDATE (annotators, hours, sorting) ON hub TO {member};
GRANT INSERT ON scheme, document, reference, release, queue, seat TO {member};
GRANT INSERT ON work, decision, suggested TO {member};
GRANT SELECT ON suggested TO {member};
GRANT UPDATE (digest, sha256, content) ON suggested TO {member};
GRANT SELECT (uid, content, at), INSERT (uid, content) ON pattern TO {member};
GRANT UPDATE (sha256, words, is_work, line) ON document TO {member};
GRANT UPDATE (revision, digest, sha256, status, marks, content, event, finished) ON work TO {member};
GRANT UPDATE (is_withdrawn, content, event) ON decision TO {member};
GRANT UPDATE (state, until) ON seat TO {member};
GRANT UPDATE (place, taken) ON queue TO {member};
GRANT SELECT (document, is_withdrawn, at), UPDATE (reviewer, is_withdrawn) ON release TO {member};

ALTER TABLE hub ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_hub ON hub FOR SELECT USING ((SELECT my_role()) IS NOT NULL);
CREATE POLICY change_hub ON hub FOR UPDATE USING ((SELECT my_role()) = 'lead');

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_key(), my_role(), take(integer), give_back(text[]), give_back_late(), renew(),
    is_told(text), changed_suggested(xid8), told_suggested(text[], xid8), told_gold(text[], xid8), told_releases(text[], xid8), told_decisions(text[], xid8) TO {member};
