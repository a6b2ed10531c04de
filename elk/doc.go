// Package elk ships JSON log lines to Elasticsearch: each line becomes one
// document of a data stream, and what became of every line is known.
//
// A Shipper is an io.Writer for whatever logger the program has; with Tee it
// stands beside the console:
//
//	shipper, err := elk.Open(elk.Config{Addresses: []string{url}, Dataset: "checkout"})
//	defer shipper.Close()
//	slog.SetDefault(slog.New(slogbridge.NewHandler(elk.Tee(os.Stderr, shipper), nil, nil)))
//
// # What becomes of a line
//
//   - Write copies it into a ring of Config.RingBytes and returns. It never
//     waits for the network and never fails while the shipper is open.
//   - With Config.SpoolDir it is on disk within 100 ms, and waits there for
//     its verdict, for as long as it takes: see The spool.
//   - A ring that is full, since there is no spool, or that takes nothing,
//     first gives up lines of a lower level than the new
//     one, lowest and oldest first, then lines of the same level whose data
//     stream the server refuses; if that is not enough, the new line is
//     dropped. Stats.Dropped counts each, under RingFull or Unavailable, an
//     alarm tells, and so does a document in the shipper's own stream, at most
//     one a minute. With Config.Block a Write first waits for room.
//   - Config.InFlight requests at a time send what is in the ring, in batches,
//     with the bulk API's create action to logs-<dataset>-<namespace>, each
//     stream of Shipper.Dataset with batches of its own.
//   - Each document has its own verdict. 200 and 201 are delivered, or
//     diverted if they went to the failure store. 409 is a duplicate: ids are
//     stable, so an earlier request did store it. 429 and 5xx wait and are
//     sent again; so are 403 and what the server lacks, with an alarm,
//     for as long as there is room: an index, template or pipeline, room for a
//     shard, an index that is open. Only their stream pauses. All else is a
//     dead letter.
//   - A request without a verdict is sent again: connection errors, timeouts,
//     429, 5xx, redirects, which are never followed, and answers that are not
//     believed, such as HTML, cut JSON, or the wrong number of items. 401 and
//     403 pause everything, and Config.Credentials is asked anew. A request
//     refused with 413, or with 400 for a document's sake, is halved down to
//     the guilty document, a dead letter.
//   - A document that, alone in its request, makes three fail in a way that
//     may be for what it says, such as a firewall's 403 or 406 in HTML, a 500
//     or a closed connection, waits apart, with an alarm, and the others go
//     on. It is pending, and tried again for as long as it takes. So does one that
//     gets 429 three times while others are taken: it may be above a limit on
//     memory.
//   - When a request may have been stored without our knowing, its ids are
//     looked up in the backing index that earlier answers named, before it is
//     sent again: a rollover in between would end the 409s. In an outage these
//     documents wait for that.
//   - After several failures in a row requests are halved, also after 429 for
//     each document, at the second of which a stream pauses; and after an outage
//     one small request goes first; each answer doubles them.
//   - Waits between tries are random below a ceiling that doubles up to
//     Config.BackoffMax, and not shorter than a Retry-After, in seconds or as
//     a date, of which at most 5 minutes are obeyed, and none with 401 or 403.
//     Flush and Sync cut them short, at most once a second, but for the
//     Retry-After.
//   - require_data_stream and include_source_on_error are left out once a
//     server says that it does not know them. Whether it calls itself
//     Elasticsearch makes no difference. An alarm tells either once.
//
// # The spool
//
// With Config.SpoolDir what was accepted survives: an outage of any length, up
// to Config.SpoolBytes; the end of the process; and, once it is durable, the
// end of the machine.
//
//   - Every line goes from the ring to a file, 100 ms after it was written at
//     the latest, or as soon as 256 KiB wait. Sync returns once what was
//     accepted before is on disk. A Write never waits for the disk.
//   - What the sender keeps up with it takes from memory; what it does not, it
//     reads back later. Memory stays as it is, whatever the spool holds.
//   - A line leaves the spool when it has its verdict, so a process that ends
//     at any moment leaves what has none. The next to open the folder takes it
//     over, as Stats.Recovered, with the ids and the event.sequence it had:
//     what had been stored is then a duplicate, and counted as that.
//   - Several processes may share the folder. Each locks a folder of its own in
//     it, and takes over only those that nobody holds.
//   - Close with lines left on disk returns nil: nothing is lost.
//   - A disk that is full, broken or read-only, and a folder that is removed,
//     raise spool_failed, and SpoolBytes used up spool_full. Lines then go
//     from memory, as without a spool, and Sync returns the error, until it
//     works again: spool_works. Open, though, wants a usable folder.
//   - A folder, or a file in it, that somebody removes is noticed within a
//     second, and by Sync and Close. Lines that were there only are lost: the
//     next Sync returns an error that wraps ErrLost, Dropped.Corrupt counts
//     them, with the alarm spool_damaged. Those that are in memory as well are
//     sent from there; until then Sync returns ErrPending, and a Close that
//     cannot send them drops them. What comes then is on disk again.
//   - Damage costs the lines that it hit, which are counted as Dropped.Corrupt
//     with the alarm spool_damaged, and no other; nothing comes back altered.
//     The one line that is cut when a process is killed within a write counts
//     so, too. What a later version of this package wrote is left alone, with
//     the alarm spool_refused.
//   - Dead letters go to SpoolDir/dead-letter.ndjson, unless there is a
//     Config.DeadLetter. At 16 MiB the file gets a name with its time; 8 of
//     these are kept. A line leaves the spool once its dead letter is durable;
//     after an fsync that failed it stays for the next process, and gets
//     another.
//
// What is lost, median and most of 40 ends on a busy machine of two cores, with
// a line every 0.1 to 1 ms:
//
//	Config.SpoolSync     the process is killed    the machine stops
//	SpoolSyncInterval    30 ms, at most 48 ms     513 ms, at most 1.01 s
//	SpoolSyncBatch       20 ms, at most 100 ms    42 ms, at most 277 ms
//	SpoolSyncNone        37 ms, at most 60 ms     what the system has not written, often 30 s
//
// that is, the lines of so long before, and only those for which no Sync had
// returned. TestKilled, TestWindowOfKill and TestWindowOfPower show it. The
// format of the files is in the comment of internal/spool.
//
// Sizes: a line takes its length and about 60 bytes in the spool. For an
// outage of an hour at 500 lines of 500 bytes a second, that is 1 GB, the
// default of SpoolBytes. The ring has to hold what arrives while the disk is
// slow, not the outage: at 5,000 such lines a second 8 MiB are 2 seconds.
// Opening reads all that is in the spool once, at some 500 MB a second or what
// the disk gives.
//
// In Kubernetes an emptyDir volume outlives a container that crashes or is
// killed for its memory, and ends with the pod; to outlive that, use a
// StatefulSet with a volume claim. Not a network file system without locks.
// Call Close on SIGTERM, with Config.CloseTimeout below
// terminationGracePeriodSeconds, less what a preStop hook takes of it:
// whatever is not delivered then is on disk. An OnAlarm that writes to stderr
// gets the shipper's own trouble into the log of the container, where it does
// not depend on the shipper.
//
// # What is added to a line
//
// A line is never parsed again: one look at its root keys, and below at those
// of objects that could hold a field, says which of these it lacks. Of a line
// that differs from an earlier one in its strings and numbers only, as those
// of one log call do, this is known, and costs less than half. The fields are
// spliced in before its first key, as dotted keys, without allocation:
//
//   - "@timestamp", the time of the Write;
//   - "event.sequence", which counts the shipper's lines from 1; a gap in it
//     is a line that was dropped or refused, or went to another dataset;
//   - "data_stream.type", "data_stream.dataset" and "data_stream.namespace";
//   - "host.name", from Config.HostName;
//   - Config.Fields.
//
// "event.ingested" is left to the server. A field is also left out where it
// would conflict with what is there, such as "event":"login".
//
// A line that is not one JSON object becomes the "message" of a document with
// the tag "not_json", or a dead letter: Config.NotJSON. A document that the
// server refuses because it has a key twice in one object is repaired once:
// the later ones are called key_2, key_3 and so on. So is one with a whole
// number beyond 64 bits, such as a large uint64, that the server refuses: it
// becomes a string, which a field of which the server knew nothing takes.
// Where malformed values are ignored, as by InstallTemplate, such a number is
// stored as it is, and not searchable.
//
// # Dead letters
//
// Lines that cannot be documents, because they are not UTF-8 or longer than
// Config.MaxLineBytes, are dead letters without being sent; so are those that
// a process with more memory has left in SpoolDir, if they are longer than that
// and a quarter of RingBytes. Empty lines count
// for nothing. Config.DeadLetter, or the file in SpoolDir, gets one JSON object in a line for each:
//
//	{"@timestamp":"…","reason":"refused","status":400,"error.type":"…","error.reason":"…","target":"logs-…","document":"…"}
//
// Without Config.DeadLetter they are lost: Close returns an error.
//
// reason is not_json_object, invalid_utf8, line_too_long, refused or
// product_check (Config.Client does not like the server, and hides whether it
// stored the document); status and error.* are there where somebody gave
// them; document is the line as it was written, of one that was too long the
// beginning, and document_base64 its exact bytes where it is not UTF-8. Replay
// writes them again, but for those that were too long.
//
// # Counting
//
// At every moment, in one Stats value, over all datasets:
//
//	accepted + recovered = delivered + diverted + duplicate + dead-lettered + dropped + pending
//
// where recovered are the lines found in SpoolDir, of which those that cannot
// be read are dropped at once.
//
// # Servers
//
// Elasticsearch 8 and 9, OpenSearch, and Elastic's Serverless projects. The
// last want Config.APIKey and the address as it is shown, without a port, which
// is then 443; TemplateOptions.ILMPolicy is not for them. No server is asked
// for its nodes: Config.Addresses are all that is used. One that fails is left
// out until it answers a request of the shipper's own, first after 5 s, then
// ever more rarely, at least every 5 minutes. HTTPS_PROXY, HTTP_PROXY and
// NO_PROXY are obeyed, as by net/http.
//
// What authenticates a shipper needs three privileges on its streams, such as
// logs-*-*: create_doc to write; auto_configure to make a stream and its new
// fields, without which documents wait until somebody else has made them; and
// read to look ids up after a lost answer, without which see Limitations. An
// alarm, and Health, quote what the server says is missing. Once it is granted,
// what waits is sent.
//
// A stream needs a template. Where the server brings none for logs-*-*, or its
// own is not wanted, InstallTemplate installs one for our lines.
//
// No alarm, error, dead letter's reason or printed Config or Shipper holds a
// key, password or token of Config, an address's, or one that Credentials has
// returned lately, if it has 4 characters or more.
//
// # Metrics
//
// With Config.Meter the counts are metrics: spanlog.elk.lines, by outcome and
// reason, spanlog.elk.pending, spanlog.elk.retries, spanlog.elk.requests and
// spanlog.elk.request.duration, by status_class, spanlog.elk.ring.usage and
// spanlog.elk.ring.limit, spanlog.elk.repaired and spanlog.elk.wrapped. Close
// ends them: let the provider export before. Shippers that share a provider
// need a dataset or namespace of their own. Shipper.Health is for a readiness
// probe.
//
// # Ordering and concurrency
//
// All methods may be called from any goroutine. Lines leave in order of
// arrival, but with more than one request in flight, the default, they may
// arrive in another, and what has to be sent again comes later: sort by
// "@timestamp", then "event.sequence". Config.InFlight 1 keeps the order
// within a stream, but for what has to be sent again.
//
// A Write takes a short lock and allocates nothing in the steady state.
// Memory is bounded by RingBytes, about 4 times BatchBytes for each request in
// flight and what waits of it, answers with it, and InFlight times 64 KiB for
// each stream that is refused beyond that: below 64 MiB with the defaults and few
// of them.
// An answer is read item by item; of its reasons, which may quote documents, the
// first 1 KiB is kept, or less where there are many. One of more than 128 MiB is
// not believed.
//
// The shipper never logs, and its HTTP client is never instrumented.
// Credentials, Client, DeadLetter and OnAlarm may log into it; their panics
// are caught.
//
// # Limitations
//
//   - What is in memory is lost when the process dies; call Close, and before
//     os.Exit Sync with a spool, else Flush.
//   - A recovered line that the server had stored, without telling the process
//     that ended, is stored twice if its stream rolled over in between.
//   - While the spool is full or broken, lines that the sender has taken from
//     memory are not on disk, and are lost with the process; Sync says so.
//   - One line of a stream that is refused keeps up to 8 MiB of lines around
//     it on disk, until three quarters of SpoolBytes are used; then those
//     are left out.
//   - What is done with a spool of another host, or in another container that
//     does not see the lock, is not protected.
//   - Who removes the folder of a spool while a process writes may leave it
//     without its lock: another process that opens the spool then may send
//     lines again, and count not all that are lost.
//   - A line is what stands between two newlines: indented JSON becomes
//     several lines, each a document of its own.
//   - The splice trusts brackets, strings and separators. Other faults inside
//     a line are found by the server, which refuses that document alone.
//   - A root "@timestamp" that the server cannot read, or null, is left as it
//     is, and refused by the server. So is a data_stream.* of the line's own
//     that is not that of its stream.
//   - A repeat after a lost answer is stored twice if the stream rolls over in
//     between and the lookup cannot tell: the credentials may write but not
//     read, or lookups get no answer of use while requests with documents do
//     (an alarm says so), the answer was the stream's first, the index that was named had itself been
//     rolled over (answers are asked for it once a minute), or the server was
//     still at work on the lost request.
//     The half of a request that was refused with 400 or 413, of which
//     Elasticsearch 9 may have stored a part, is not looked up.
//   - A server without require_data_stream, such as OpenSearch, makes a plain
//     index of a stream that has no template.
//   - In a stream of which the server refuses many documents and takes others,
//     those that wait, up to BatchBytes, are sent with each try.
//   - Each dataset has requests of its own: hundreds of them with a line a
//     second make hundreds of small requests.
//   - The more waits of streams that are refused, the smaller the requests of
//     all: down to 64 KiB, from twice BatchBytes for each request in flight (at
//     least 2) on.
//   - Documents that wait apart are tried one at a time, with a pause of up to
//     BackoffMax between two of all of them. With InFlight 1 others wait for
//     such a try, and with one that ends in RequestTimeout for as long.
//     When what waits of them and of refused streams exceeds BatchBytes times
//     InFlight (at least 2), the next one of their kind holds up its stream.
//     Trouble of the whole server that looks the same, such as a 500 for each
//     request, makes some documents wait apart too, which ends within
//     BackoffMax of the trouble.
//   - A Config.Client that ignores the request's context can hold up sending
//     for as long as it likes, though never Write, Flush or Close. One that
//     follows redirects does so unnoticed.
package elk
