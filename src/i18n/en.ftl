# Texts of the interface, in English. The same keys as fr.ftl.

# Menu, header and footer
skip = Skip to the content
menu = Main menu
menu-agenda = What’s on
menu-places = Places
menu-browse = Directory
menu-data = Data
menu-sparql = Query with SPARQL
menu-queries = Example queries
menu-api = API
menu-search = A show, an artist, a place…
menu-search-go = Search
footer-what = What is on in the performing arts, told by those who make it.
footer-links = Information
footer-persistence = Permanent identifiers
menu-vocabularies = Vocabularies
menu-about = About
menu-catalogue = Open data
menu-dumps = Downloads
menu-language = Language
footer-generation = Data at generation { $generation }.
footer-licence = Each source keeps its own licence, named on the pages and in the files.

# Words used in many places
yes = yes
no = no
colon = :
decimal-point = .
no-name = (no name)
licence-unknown = licence unknown
publisher-unknown = publisher unknown
also-as = Also as
property-type = Type
free = Free
age-from = from age { $age }
age-to = up to age { $age }
age-between = ages { $from } to { $to }
entities-count =
    { $n ->
        [one] { $shown } resource
       *[other] { $shown } resources
    }
concepts-count =
    { $n ->
        [one] { $shown } concept
       *[other] { $shown } concepts
    }
triples-count =
    { $n ->
        [one] { $shown } triple.
       *[other] { $shown } triples.
    }
size-bytes = { $amount } bytes
size-kilobytes = { $amount } kB
size-megabytes = { $amount } MB
size-gigabytes = { $amount } GB

# Kinds of entities: one, and several
kind-recurring-festival = Recurring festival
kind-season = Season
kind-festival = Festival
kind-series = Series of performances
kind-performance = Performance
kind-meeting = Meeting or workshop
kind-production = Production
kind-work = Work
kind-character = Character
kind-person = Person
kind-organisation = Organisation
kind-place = Place
kind-concept = Concept
kinds-recurring-festival =
    { $n ->
        [one] recurring festival
       *[other] recurring festivals
    }
kinds-season =
    { $n ->
        [one] season
       *[other] seasons
    }
kinds-festival =
    { $n ->
        [one] festival
       *[other] festivals
    }
kinds-series =
    { $n ->
        [one] series
       *[other] series
    }
kinds-performance =
    { $n ->
        [one] performance
       *[other] performances
    }
kinds-meeting =
    { $n ->
        [one] meeting or workshop
       *[other] meetings and workshops
    }
kinds-production =
    { $n ->
        [one] production
       *[other] productions
    }
kinds-work =
    { $n ->
        [one] work
       *[other] works
    }
kinds-character =
    { $n ->
        [one] character
       *[other] characters
    }
kinds-person =
    { $n ->
        [one] person
       *[other] people
    }
kinds-organisation =
    { $n ->
        [one] organisation
       *[other] organisations
    }
kinds-place =
    { $n ->
        [one] place
       *[other] places
    }
kinds-concept =
    { $n ->
        [one] concept
       *[other] concepts
    }

# Status of an event
status-cancelled = Cancelled
status-postponed = Postponed, no new date yet
status-rescheduled = Rescheduled
status-moved-online = Moved online
mode-online = Online
mode-mixed = On site and online

# The page of an entity
when-previous = Originally planned for
when-doors = Doors at
when-duration = Duration: { $duration }.
fact-within = Within
fact-work = Production
fact-series = Part of
fact-organizer = Organiser
fact-phone = Telephone
fact-department = Department
fact-website = Website
section-about = About
section-credits = Credits
section-offers = Tickets
section-accessibility = Accessibility
section-more = In detail
section-voices = Who says what
credits-inherited = For the production
offer-name = Ticket
offer-price = Price
offer-availability = Availability
offer-link = Booking
offer-unnamed = Ticket
offer-book = Book
accessibility-of-place = Accessibility of the place
incoming-other = { $property } of
incoming-location = Events at this place
incoming-workPerformed = Performances
incoming-superEvent = On the programme
incoming-subEvent = Part of
incoming-organizer = Organises
incoming-agent = Contributions
incoming-contribution = Contributions
incoming-personnage = Appears in
incoming-fonction = Contributions in this function
incoming-performer = Performs in
incoming-author = Author of
incoming-director = Directs
incoming-composer = Composer of
incoming-producer = Produces
incoming-contributor = Contributes to
incoming-sponsor = Supports
incoming-translator = Translator of
incoming-isBasedOn = Adapted in
incoming-usesExpressionOf = Staged in
incoming-containedInPlace = Rooms and places inside
incoming-managedBy = Manages
incoming-hasResident = Resident at
voices-disagree = The sources do not agree on everything. What is published comes from the source that prevails.
voices-agree = What each source says, and what of it is published.
voices-property = Property
voices-value = Value
voices-source = Source
voices-disputed = disagreement
voices-published = published
voices-left-out = left out
aside-data = Data and provenance
aside-iri = Permanent identifier
aside-iri-about = For citing and linking: it will never be reused.
aside-modified = Modified on
aside-generation = Generation { $generation }

# Formats
format-turtle = Turtle
format-jsonld = JSON-LD
format-ndjsonld = JSON-LD, one entity per line
format-ntriples = N-Triples
format-nquads = N-Quads
format-rdfxml = RDF/XML
format-trig = TriG, with what each source says

# Languages
language-fr = French
language-en = English
language-de = German
language-es = Spanish
language-it = Italian
language-pt = Portuguese
language-nl = Dutch
language-ar = Arabic
language-br = Breton
language-oc = Occitan
language-co = Corsican
language-eu = Basque
language-ca = Catalan
language-rcf = Réunion Creole
language-fsl = French Sign Language

# Home
home-title = The performing arts as linked data
home-lead = Productions, performances, places and artists, described by the houses themselves, checked, brought together and published as open data with permanent identifiers.
home-empty = Nothing is here yet: no source has sent data.
home-sources = Sources
home-reuse = Reuse the data
home-reuse-sparql = Query with SPARQL
home-reuse-dumps = Download all data
home-reuse-documents = Each page also exists as Turtle, JSON-LD and N-Triples: add .ttl, .jsonld or .nt to its address.
source-publisher = Publisher

# Vocabularies, ontology, shapes
vocabularies-title = Vocabularies
vocabularies-lead = The words in which the data is written: controlled lists, classes and properties, validation rules.
vocabularies-schemes = Controlled lists
vocabularies-ontology = Ontology
vocabularies-ontology-about = Classes and properties
vocabularies-context = JSON-LD context
vocabularies-shapes = Validation profiles
vocabularies-alignments = Alignments with other vocabularies
alignment-ours = Our term
alignment-relation = Relation
alignment-theirs = Their term
scheme = Controlled list
concept-agenda = Coming performances in the agenda
concept-used =
    { $n ->
        [one] { $shown } resource points to it.
       *[other] { $shown } resources point to it.
    }
ontology-classes = Classes
ontology-properties = Properties
ontology-foreign = Terms of other vocabularies
ontology-label = Name
ontology-matches = See also
shapes-lead = What data must meet for this profile, in SHACL.
shapes-targets = Applies to
shapes-asks = Requirement
shapes-whole = (whole)
severity-violation = violation
severity-warning = warning
severity-info = info

# SPARQL
sparql-lead = Query the public data. The default graph holds the joined description of each resource, the named graphs what each source says.
sparql-query = Query
sparql-run = Run
sparql-answer = Answer
sparql-rows =
    { $n ->
        [one] { $shown } row
       *[other] { $shown } rows
    }
sparql-rows-cut =
    { $n ->
        [one] The first row; there are more.
       *[other] The first { $shown } rows; there are more.
    }
queries-title = Example queries
queries-lead = Questions that this data can answer, each with an address of its own: choose the values and take the answer in the format that suits you.
queries-broken = Queries that do not work
queries-count =
    { $n ->
        [one] One query
       *[other] { $shown } queries
    }
queries-tried = All were tried over the data at generation { $generation }.
queries-untried = They are being tried over the present data; come back in a moment to see what came of it.
query-line = Line { $line }:
query-broken = This query does not work.
query-empty = This query finds nothing in the present data.
query-empty-when = This query finds nothing in the present data: that is so { $when }.
query-any = any
query-takes = Expected:
query-several = Several may be given.
query-optional = Left empty: any.
query-text = The query
query-edit = Open it in the editor
query-address = For a program, the same answer at this address:
query-described = The description of this query as data:
sparql-examples = Examples
sparql-all-examples = All of them, with forms for their values
sparql-try = Try this query
sparql-prefixes = Prefixes
sparql-subject = subject
sparql-property = property
sparql-object = object

# Catalogue
catalogue-title = Open data
catalogue-lead = Everything that is published here can be reused: dated and signed files, services to query, and changes to follow.
catalogue-missing = The configuration of this server does not say yet:
catalogue-missing-publisher-name = who publishes these data
catalogue-missing-publisher-contact = whom to write to with a question or a correction
catalogue-missing-licence = under which licence the whole is published
catalogue-missing-effect = Pages and queries work; a portal that harvests this catalogue asks for these answers.
catalogue-publisher = Publisher
catalogue-contact = Contact
catalogue-licence = Licence
catalogue-size = Size
catalogue-entities = { $n } entities
catalogue-triples = { $n } triples
catalogue-period = Dates of performances
catalogue-area = Geographical extent
catalogue-area-box = from { $south }° to { $north }° of latitude and from { $west }° to { $east }° of longitude
catalogue-modified = The data as of
catalogue-files = Files
catalogue-latest = The latest one:
catalogue-more-files = Its page also has the files by source and by profile, the tables for spreadsheets, the signed checksums and how to cite it.
catalogue-no-release = No release has been published yet.
catalogue-former = Former releases
catalogue-dumps = The data as they are at this moment, as files
catalogue-services = Services
catalogue-described = description for programs
catalogue-sources = Each source keeps its licence. What it claims can be read in a graph of its own; without a known licence it is in no release.
catalogue-source = Source
catalogue-source-entities = Entities
catalogue-source-claims = Claims
catalogue-unlicensed = unknown
catalogue-rules = Model and rules
catalogue-rules-about = The vocabulary of the data, and the profiles of SHACL constraints that they meet or whose distance is measured.
catalogue-ontology = Ontology
catalogue-machines = For harvesters
catalogue-machines-about = This page is also a DCAT-AP 3.0.1 catalogue, at the same address by the Accept header. Its numbers are computed from the data.

released-bibtex = BibTeX
released-ris = RIS, for Zotero, EndNote and others
released-csl = CSL-JSON, for citation processors
released-datacite-json = DataCite 4.6, JSON
released-datacite-xml = DataCite 4.6, XML
released-schema = schema.org, JSON-LD
released-dcat-ttl = DCAT-AP 3.0.1, Turtle
released-dcat-jsonld = DCAT-AP 3.0.1, JSON-LD
released-dcat-rdf = DCAT-AP 3.0.1, RDF/XML
released-linkset = Typed links (RFC 9264)

# Dumps
dumps-title = All the data
dumps-lead = The complete public data, in several formats that all say the same.
dumps-made = Files of
dumps-none = The files are not ready yet.
dumps-file = File
dumps-format = Format
dumps-size = Size
dumps-check = Checksums to verify after downloading:

# Releases
menu-releases = Releases
releases-title = Releases
releases-lead = Dated states of the public data, with their signed files. A release does not change any more: it can be cited, downloaded, queried, and verified to be whole.
releases-none = Nothing was released yet.
releases-none-dumps = The present data, to download
releases-one = Release
releases-state = State of the data
releases-entities = Resources
releases-latest = The latest release
releases-is-latest = latest
releases-is-withdrawn = withdrawn
releases-key = Public key
releases-of = Release of { $date }
releases-of-again = Release of { $date } ({ $number })
releases-about = The public data as it was after change { $generation }, at this address for good.
releases-older = There is a newer one:
releases-withdrawn = This release was withdrawn.
releases-withdrawn-stays = Its address stays reserved. What it was stands in its manifest:
releases-address = Address to cite
releases-others = Before and after
releases-difference = what differs
releases-holds = Contents
releases-sources = Sources and licences
releases-no-source = No source has a known licence: there is only the vocabulary.
releases-left-out = Left out for want of a licence:
releases-files = Files
releases-files-count =
    { $n ->
        [one] { $shown } file
       *[other] { $shown } files
    }
releases-lines = Triples or rows
releases-licences = Under the licence
releases-all = All the data
releases-all-about = The public description of each resource. All these files say the same; take the one that you can read.
releases-tables = Tables
releases-tables-about = For spreadsheets: one row for each performance, production, person, organisation or place.
releases-claims = What each source says
releases-claims-about = The public data and, in a named graph for each, what each source says.
releases-profile = What meets the profile { $name }
releases-source = What the source { $name } says
releases-verify = Verify
releases-verify-lead = The manifest is signed, and says the size and the sum of each file:
releases-verify-all = Or all at once, with files read again and counted:
releases-query = Query
releases-query-lead = The same query always gives the same answer over this release:
releases-query-link = SPARQL over this release
releases-cite = Cite
releases-described = Its description in files:
releases-sparql-of = You are querying the
releases-sparql-stays = , which does not change any more.
releases-sparql-now = Query the present data
# The feeds of changes
changes-title = What changed
changes-lead = Every accepted change is a record of a log that only grows. Who has read all of it has everything: additions, deletions, merges and withdrawals. These feeds give each reader what is needed of it.
changes-log = Identity of the log
changes-generation = Last generation
changes-feeds = The feeds
changes-feed-head = where the log stands, with the sums of its files; signed
changes-feed-records = the records themselves, byte for byte, after a cursor
changes-feed-entities = the entities that changed, as JSON and JSON-LD
changes-feed-diff = the difference between two generations or two releases
changes-feed-ldes = a linked data event stream (LDES)
changes-feed-atom = the last changes, for a feed reader
changes-signed = The signature of where the log stands, which minisign verifies:
changes-files = The files of the log
changes-files-lead = A closed file does not change any more: its address has its sum in it. What follows is read by records.
changes-files-none = No file is closed yet; everything is read by records.
changes-files-of = Generations
changes-state = To begin without reading the whole log:
changes-state-of = the complete state at generation { $generation }
changes-redactions = Redactions
changes-redactions-lead = Rows were struck out of old records; a signed notice says of which, when and why.
changes-redaction = Notice of generation { $generation }

# Problems
problem = Error
problem-advice = What to do
problem-near = Did you mean
problem-home = Back to the home page
problem-request = To quote when you write to us:
replaced-kicker = Replaced
replaced-title = This was several resources
replaced-lead = What was published here turned out to be several things. Its identifier stays reserved and leads to those that replace it:
tombstone-kicker = Withdrawn
tombstone-title = This resource was withdrawn
tombstone-lead = It was published here and then withdrawn. Its identifier stays reserved and will never mean anything else.
tombstone-since = Withdrawn on
tombstone-by = By the source
tombstone-reason = Reason

# About
about-title = About
about-lead = This server gathers the performing arts programmes that theatres, companies, festivals, networks and tourist offices entrust to it, checks them and publishes them as linked data.
about-identifiers = Permanent identifiers
about-identifiers-text = Each resource has an address of the form { $example }. It is never reused and never just disappears: when two resources are joined, the old address leads to the new one; when one is withdrawn, its address says so.
about-sources = Who is speaking
about-sources-text = What each source says is kept as it is in a graph of its own. The public description brings them together; where sources contradict each other, the resource’s page shows who says what.
about-cite = Citing
about-cite-text = Cite the permanent identifier and the generation of the data, which stands at the foot of each page. Respect the licence of each source.
about-mistake = A mistake?
about-mistake-text = Data is corrected at its source: the page of each resource names those that describe it.

# The report on a submission
report = Submission
report-created = created
report-changed = changed
report-unchanged = unchanged
report-withdrawn = withdrawn
report-kept = kept
report-refused = refused
report-violations = To mend
report-warnings = To look at
report-infos = To know
report-profiles = Profiles, for information
report-rewritten = Rewritten on the way in
report-resource = Resource
report-before = Received
report-after = Understood
report-waiting = The submission has arrived and waits for its turn.
report-running = The submission is being worked on.
report-again = Look again

# The HTTP interface
api-title = HTTP interface
api-lead = All addresses of this server: what they take, what they give, and what can go wrong.
api-problems = The problems
api-token = Token
api-takes = Takes
api-gives = Gives
about-api = For programs
about-api-text = All addresses of this server are described:

# Checking files
menu-validate = Check
validate-title = Check data
validate-lead = Before you send or publish data: what is wrong in it, where, and what to write instead. Nothing is published, and no account is needed.
validate-data = The data
validate-file = Files: Turtle, JSON-LD, RDF/XML, CSV, web pages…, also compressed with gzip or zstd
validate-text = Or paste it here
validate-format = Format
validate-format-any = by the name of the file, or by the content
validate-shapes = What it is held to
validate-profiles = Profiles of this server
validate-own = Or SHACL shapes of your own
validate-report = Report
validate-report-html = a page
validate-report-text = a text
validate-report-turtle = SHACL validation report, Turtle
validate-report-jsonld = SHACL validation report, JSON-LD
validate-report-json = grouped findings, JSON
validate-run = Check
validate-as-submitted = As this server would understand it
validate-as-submitted-about = Dates, prices, names of terms and the like are first rewritten as when data is sent. Without it, the data is checked as it stands.
validate-kept = Nothing of what you send is kept.
validation-rewritten = Checked as this server would understand it: { $count } values were rewritten before.
validation-profiles = Profiles
validation-met = met
validation-not-met = not met
validation-not-asked = not concerned
validation-blocks = blocks { $profile }
validation-place = { $file }, line { $line }
validation-further = … and { $count } more
validation-not-listed = { $count } more findings, of too many kinds to be shown here.
validation-notes = Noticed while reading
validation-again = Check something else
about-validate = Before you send
about-validate-text = Anyone can have data checked against the profiles of this server or against their own SHACL shapes; nothing of it is kept.

# Quality
menu-quality = Quality
quality-title = Quality of the data
quality-lead = Which share of what each source describes meets each profile, and what is missing most often.
quality-source-lead = What the profiles say of the resources that the source { $source } speaks of, as they are published.
quality-profile-title = Profile { $profile }
quality-profile-lead = What this profile says of all published resources, source by source.
quality-rehearsal-title = Rehearsal: { $profile }
quality-rehearsal-lead = A rehearsal: rules that an aggregator tries on the data. Nothing is published or refused because of them.
quality-not-yet = The data has not been examined yet.
quality-current = Examined at generation { $generation }, which is the current one.
quality-behind = Examined at generation { $judged }; the data is at { $current }, and the rest follows by itself.
quality-progress = Everything is being examined anew: { $done } of { $total } resources.
quality-shapes = What is asked
quality-shares = Share of resources that conform
quality-shares-about = A resource that several sources speak of counts for each of them. Only resources of which the profile asks something count; warnings do not.
quality-rehearsals-about = Rehearsals show what would conform to rules that are being tried.
quality-source = Source
quality-all = All sources
quality-rehearsal = rehearsal
quality-stopped = stopped
quality-stopped-text = This rehearsal was stopped, because it asked for too much: { $limit }. The numbers are those from before. Simplify its rules and register it again.
quality-pending = { $n ->
    [one] { $shown } is still to be examined.
   *[other] { $shown } are still to be examined.
}
quality-undecided = { $n ->
    [one] { $shown } took too much computing.
   *[other] { $shown } took too much computing.
}
quality-summary = { $n ->
    [one] { $meets } of { $asked } resource conforms.
   *[other] { $meets } of { $asked } resources conform; { $short } lack something.
}
quality-all-conform = { $n ->
    [one] The resource of which it asks something conforms.
   *[other] All { $shown } resources of which it asks something conform.
}
quality-asks-nothing = This profile asks nothing of these resources.
quality-violation = to mend
quality-warning = to look at
quality-info = to know
quality-examples = For example:
quality-left = { $n ->
    [one] There is { $shown } more kind of findings; the CSV file has all of them.
   *[other] There are { $shown } more kinds of findings; the CSV file has all of them.
}
quality-nothing = Nothing to mend.
quality-moved = Over time
quality-plot-title = Share of resources that conform, day by day
quality-days = The same numbers as a table
quality-day = Day
quality-files = Take the numbers away
quality-csv-profiles = Shares by source and profile (CSV)
quality-csv-findings = Findings (CSV)
quality-csv-history = Daily measurements (CSV)
entity-findings = { $n ->
    [one] { $shown } finding
   *[other] { $shown } findings
}
entity-meets = conforms
entity-falls-short = incomplete
about-quality = Quality
about-quality-text = What the profiles ask, how much of it each source meets, and how that moves:

# Statistics
menu-statistics = Figures
home-statistics = All figures
statistics-title = Figures
statistics-lead = How much there is of what, by kind, by source, and the performances from every side. Each number has its address.
statistics-counting = The server is counting the data; the figures will be here in a moment.
statistics-current = Counted at generation { $generation }, the last one.
statistics-behind = Counted at generation { $generation }; the data is at { $current }.
statistics-entities = Resources
statistics-by-source = What each source describes; a resource that several describe counts for each.
statistics-all = all
statistics-selected =
    { $n ->
        [one] { $shown } performance
       *[other] { $shown } performances
    }
statistics-chosen = Choices
statistics-widen = Take this choice away
statistics-clear = Take all away
statistics-about = Cancelled performances count only when their status is chosen. A value that the performance does not give is that of its production, else of its series. Choosing two values of one aspect adds them.
statistics-left =
    { $n ->
        [one] { $shown } further value
       *[other] { $shown } further values
    }
statistics-files = These figures for other programs
statistics-json = This choice as JSON
statistics-csv = This choice as CSV, with all values
statistics-csv-entities = Resources by source and by kind, as CSV
statistics-void = Description of the data set (VoID), in Turtle
facet-discipline = Discipline
facet-year = Year
facet-month = Month
facet-day = Day
facet-department = Department
facet-town = Town
facet-place = Place
facet-organiser = Organiser
facet-accessibility = Accessibility
facet-audience = Audience
facet-language = Language
facet-access = Admission
facet-status = Status
facet-source = Source
event-status-EventScheduled = Scheduled
event-status-EventCancelled = Cancelled
event-status-EventPostponed = Postponed, no new date yet
event-status-EventRescheduled = Moved to another date
event-status-EventMovedOnline = Moved online

# How a query would be run
explain-title = How a query would be run
explain-lead = The plan of a SPARQL query, what it costs and what is strange about it, without running it.
explain-submit = Explain
explain-run = Run it
explain-warnings = To look at
explain-instead = Perhaps you meant:
explain-place = Where it runs
explain-here = In this process, at once: it is known to be cheap.
explain-worker = In a process of its own, which can be stopped and whose memory is limited, because:
explain-rows = Rows expected: about { $rows }.
explain-reads = Reads, or what takes as long: about { $reads }; one takes about a microsecond.
explain-cacheable = Its answer can be kept until the data change.
explain-plan = The plan
explain-numbers = (rows: { $rows }; reads: { $reads })
explain-limits = The limits that apply

## Maps
map-nearer = Zoom in
map-farther = Zoom out
map-left = { $n ->
    [one] One place farther away is not on the map.
   *[other] { $shown } places farther away are not on the map.
}
# Lists and their pages
list-total = { $n ->
    [0] No result
    [one] { $shown } result
   *[other] { $shown } results
}
list-empty = There is nothing here.
pager-label = Pages of the list
pager-page = Page
pager-previous = ← Previous
pager-next = Next →

## What whoever links here relies on

persistence-title = What you can rely on
persistence-lead = You may put the identifiers of this server into your own databases, catalogues and publications. This page says what each of them promises, what it answers whatever becomes of what it names, and what happens if the service ends.
persistence-publisher = whoever runs this server
persistence-promise = The promise
persistence-promise-1 = Each person, organisation, place, work, production and performance has one permanent identifier: `{ $base }/id/` and twelve characters, for example `{ $base }/id/{ $noid }`. That is the form to keep, to link and to cite. The page and the files about it are at `{ $base }/doc/{ $noid }`.
persistence-promise-2 = An identifier is never given to something else. Once published, it answers for good: with the document, with the identifier under which the same thing lives on, with those that replace it, or with the statement that it was withdrawn.
persistence-promise-3 = An identifier says nothing about what it names. A theatre may change its name, its town or its legal form: its identifier stays.
persistence-promise-4 = The last of the twelve characters checks the others. A single wrong character, or two neighbours swapped, is told from an identifier that does not exist. There are no vowels and no `l`, so that identifiers can be dictated; capitals, and hyphens put between them for reading, make no difference.
persistence-answers = What an identifier answers
persistence-answers-text = The status and what comes with it are the same for people and for programs, in every format. Documents answer for `/doc/…` as the identifiers do for `/id/…`.
persistence-todo = What to do:
persistence-case-published = Published
persistence-case-published-text = The identifier names a thing, which cannot be sent over the web; it leads to the document about it. The document comes as a page, and as Turtle, JSON-LD, RDF/XML and other formats, by the `Accept` header or a suffix.
persistence-case-published-todo = follow the redirection, and keep the identifier, not the address of the document.
persistence-case-merged = Merged
persistence-case-merged-text = Two identifiers turned out to name the same thing. The older one lives on; the other leads there in one step, however many merges lie between. The document of the survivor names every former identifier with `owl:sameAs`.
persistence-case-merged-todo = nothing is broken if you do nothing. Replace the identifier when it suits you, and keep the former one beside it: a merge can be taken back, which is why the answer may be remembered for a day only.
persistence-case-split = Split
persistence-case-split-text = One identifier turned out to name several things. It still leads to its document, which names those that replace it with `dct:isReplacedBy`.
persistence-case-split-todo = choose which of them you meant. No program can know it.
persistence-case-withdrawn = Withdrawn
persistence-case-withdrawn-text = No source describes it any more. What remains is a tombstone, as a page and in every RDF format: when it was withdrawn, by which source, and why.
persistence-case-withdrawn-todo = keep the identifier. Should the thing be described again, it comes back under the same one.
persistence-case-mistyped = Mistyped
persistence-case-mistyped-text = The check character does not match. The answer says so, and proposes the identifiers that exist and are one slip away.
persistence-case-mistyped-todo = look at those that are proposed; the page shows their names.
persistence-case-unknown = Never known
persistence-case-unknown-text = Nothing was ever published under this identifier. It never was different, and a published one never becomes so.
persistence-case-unknown-todo = check where you have it from.
persistence-ark = As an ARK
persistence-ark-1 = Each identifier is also an ARK (Archival Resource Key), as heritage institutions use them: `{ $base }/{ $ark }`. It answers as the identifier does.
persistence-ark-2 = Hyphens in an ARK mean nothing. With `?info` at its end (or `?`, or `??`), it answers with a short record of what it names and of what is promised.
persistence-ark-3 = Both forms are permanent. Cite the `/id/` form; the ARK is for systems that handle ARKs.
persistence-decided = Who decides on merges and splits
persistence-decided-1 = Sources are matched automatically only by what they say plainly: an identifier of their own, or one that both give (ISNI, IdRef, Wikidata …). Two identifiers that are both published already are merged by a person, never by a program.
persistence-decided-2 = Each such decision is a change in the log, with its date and, where it was given, its reason. The page of the entity shows it under its history.
persistence-decided-3 = A merge can be undone: the former identifier then answers for itself again, and the two are marked as different for good.
persistence-withdrawal = When something is withdrawn
persistence-withdrawal-1 = A source that no longer describes a thing takes back only what it said itself. As long as another source describes it, it stays published.
persistence-withdrawal-2 = Performances that are over stay, even when the source’s own agenda shows the future only. A cancelled performance is not withdrawn: it stays, marked as cancelled.
persistence-redaction = When something has to be removed
persistence-redaction-1 = What the law requires to be removed is struck from all records, past versions and published files included: a telephone number that should not be public, a court’s decision. Nothing is rewritten beyond that.
persistence-redaction-2 = The identifier stays and says that it was withdrawn. A signed notice says which records were touched and when, so that whoever keeps a copy can verify that all the rest is what it was.
persistence-follow = How to follow changes
persistence-follow-1 = An Atom feed tells what happens to one identifier: `{ $base }/follow?iri={ $base }/id/{ $noid }`. Changes, merges, splits and withdrawals appear in it. A feed can follow a list of up to 10,000.
persistence-follow-2 = `POST { $base }/resolve` takes up to 10,000 identifiers, ours or those of others, and says for each whether it is current, merged, split, withdrawn or unknown, and what its identifier is now. Once a month is enough to keep a database in step.
persistence-follow-3 = Each document has an `ETag` that changes with it: asking again with `If-None-Match` costs next to nothing. Its history is at `{ $base }/doc/{ $noid }/history`, and its past versions can be had by date (Memento).
persistence-follow-4 = Typed links (`Link` headers, FAIR Signposting) lead programs from any of these addresses to the identifier to cite, the formats, the licence and the history.
persistence-cite = How to cite
persistence-cite-1 = Name, publisher, identifier, and the date or the number of the generation on the page: “Les Marées du grenier, { $publisher }, { $base }/id/{ $noid }, generation 1,234.” A generation is a state of the data; its number never means another one.
persistence-cite-2 = Each source has its licence, which the page and the files name. It asks at least to be named with it.
persistence-who = Who answers for this
persistence-who-1 = The identifiers stand under `{ $base }`, and { $publisher } answers for this address. The program writes no other into the data, and refuses to run over the same data under another.
persistence-who-2 = How long the address is kept is for { $publisher } to say, and to renew. What the program guarantees is the rest: that no identifier is reused, and that what became of each is recorded in a log that is only ever added to.
persistence-who-3 = Each promise of this page is tried on the running program by automatic tests, with each version of it.
persistence-end = If the service ends
persistence-end-1 = Everything that is needed to answer for these identifiers elsewhere is public and in open formats: the whole data at `{ $base }/dumps/`, with checksums, merges and splits included.
persistence-end-2 = Whoever takes over the address and the data folder goes on with the same identifiers. Whoever has only the files can publish them and say with `owl:sameAs` what each was.
persistence-end-3 = Keep with your links the name of what you link to. It costs a few bytes, and no identifier of any service is more durable than those who keep it.
persistence-contact = Questions and corrections:

contract-profiles = Profiles of documents
contract-profiles-lead = One document can be written in several ways. A profile says which; whoever asks for none gets the complete form.
contract-leaves-out = What it leaves out
contract-formats = Formats
contract-how = How to ask for it
contract-is-default = Given to whoever asks for nothing in particular.
contract-alternates = Formats and profiles of this document
contract-format = Format
contract-profile = Profile
contract-page = Page for people
contract-default = (by default)
tombstone-back = Should a source describe it again, it comes back under the same identifier.
tombstone-history = Its history
## Resolution of identifiers
resolve-title = Check links
resolve-lead = What has become of the identifiers in your data? Paste up to { $most }: addresses of ours, those of our sources, and ISNI, VIAF, IdRef, BnF, Wikidata, ORCID, MusicBrainz or SIRET identifiers.
resolve-unknown-title = Unknown identifier
resolve-unknown-lead = Nothing that is published here answers to this identifier. Check it, or try another one.
resolve-ambiguous-title = Several possible answers
resolve-ambiguous-lead = This identifier stands for several things that are published here. Choose the one that you look for.
resolve-results = Results
resolve-given = Given identifier
resolve-status = State
resolve-entity = What it stands for
resolve-changed = Last change
resolve-again = Ask for something else
resolve-ids = Identifiers, one on each line
resolve-ids-about = With or without a prefix: “isni:0000 0001 2103 2683”, “siret:732 829 320 00074”, “Q535”, a whole address…
resolve-file = Or a file
resolve-file-about = A CSV table (the column “id” or “iri”, else the first one; the others are given back), a text with one identifier on each line, or a JSON array.
resolve-run = Check
resolve-csv = Download the result (CSV)
resolve-programs = A program sends the same list to this address by POST. Nothing of what you send is kept.
resolve-current = published
resolve-merged = merged
resolve-split = split
resolve-withdrawn = withdrawn
resolve-ambiguous = ambiguous
resolve-unknown = unknown
resolve-withdrawn-on = on { $day }
resolve-mistyped = mistyped
resolve-replaced-by = Replaced by:
resolve-candidates = It may be:
resolve-proposals = Did you mean:
resolve-further = { $n ->
    [one] One more line is in the CSV file.
   *[other] { $shown } more lines are in the CSV file.
}
## Agenda
agenda-title = What is on
agenda-next = Coming up
agenda-total = { $n ->
    [0] No date
    [one] { $shown } date
   *[other] { $shown } dates
}
agenda-cancelled = { $n ->
    [one] { $shown } cancelled
   *[other] { $shown } cancelled
}
agenda-postponed = { $n ->
    [one] Postponed, without a new date
   *[other] Postponed, without a new date ({ $shown })
}
agenda-ongoing = Over several days
agenda-ongoing-left = { $n ->
    [one] { $shown } more
   *[other] { $shown } more
}
agenda-about = Performances, places, prices and accessibility, day by day, as open data.
agenda-access-all = All, those for schools included
agenda-nothing = Nothing is on for these days and choices.
agenda-period-today = Today
agenda-period-weekend = This weekend
agenda-period-week = Next 7 days
agenda-period-month = This month
agenda-period-all = All dates
agenda-periods = Periods
agenda-today = Today
agenda-tomorrow = Tomorrow
agenda-between = { $from } to { $until }
agenda-from = From { $from }
agenda-until = Until { $until }
agenda-day-label = { $day }: { $n ->
    [one] { $shown } date
   *[other] { $shown } dates
}
agenda-previous-month = ← Previous month
agenda-next-month = Next month →
agenda-form = Choose a place and days
agenda-where = Town, department or region
agenda-field-from = From
agenda-field-until = To
agenda-show = Show
agenda-filters = Calendar and filters
agenda-narrow = Narrow down
agenda-back = Back to the dates
agenda-no-time = Time to be announced
agenda-price-from = from { $price }
agenda-near-me = Around me
agenda-near-failed = Your browser did not give your position: name a town.
price-free = Free
price-paid = Paid
facet-region = Region
facet-price = Price
facet-kind = Kind
facet-where = Place
facet-near = Around

## Home
home-near = What is on near you?
home-span-today = Today
home-span-soon = In the next days
home-span-weekend = This weekend
home-span-next = After that
home-nothing-today = Nothing today.
home-all = See all
home-total = { $n ->
    [0] Nothing to come
    [one] { $shown } date to come
   *[other] { $shown } dates to come
}
home-disciplines = By discipline
home-repertoire = The repertoire
home-reuse-api = Build on the API
## Search
search-title = Search
search-title-of = “{ $text }”: search
search-label = Search for a name
search-submit = Search
search-lead = Look for a show, an artist, a company, a venue, a festival, by any of their names. Accents and small errors do not matter.
search-browse = Browse everything from A to Z
search-not-made = The index of names is being made. Come back in a moment.
search-left-out = { $n ->
    [one] one word too many did not count
   *[other] { $shown } words too many did not count
}
search-agenda = What is on: “{ $text }”
search-places = Places: “{ $text }”
search-near = Nothing is called exactly “{ $text }”. This comes near.
search-nothing = Nothing is called “{ $text }”, or nearly so.
search-perhaps = Perhaps you are looking for
search-tip-fewer = Try fewer words: all of them must be in the name.
search-tip-names = Names are searched, not descriptions.
search-resolve = This looks like an identifier: see what it stands for
search-box-none = No suggestion
search-box-some = Suggestions:
search-opensearch = Names of the performing arts
search-facet-kind = Kind
search-facet-department = Department
search-facet-discipline = Discipline
search-facet-function = Function

## Browse
browse-about = A list from A to Z, as open data with permanent identifiers.
browse-title = Everything from A to Z
browse-lead = All that is published here, by kind.
browse-find = Filter by name
browse-letters = Letters
browse-every-letter = All
browse-letter-other = Other signs
browse-narrow = Narrow down
browse-widen = Remove this choice
browse-left = { $n ->
    [one] and one more value
   *[other] and { $shown } more values
}
browse-next = next date:
browse-credits = { $n ->
    [one] one credit
   *[other] { $shown } credits
}
browse-persons = By family name; where it is not known, by the last word of the name.
browse-performances = Performances by date are in the calendar.
## Links
links-all = All links
links-back = Back to the record
links-behind = (the list is being brought up to date)
links-by-relation = By kind of link
links-by-time = By date
links-when-any = All dates
links-when-upcoming = To come
links-when-past = Past
links-when-undated = Without a date
## History

memento-label = Former version
memento-when = As it was on
memento-by = This version came from { $source }.
memento-last = Nothing has changed since.
memento-former = There have been changes since.
memento-now = The names of linked things are those of today.
memento-current = Today’s version
memento-history = The whole history
memento-previous = Previous version
memento-next = Next version
memento-files = The data of this version (generation { $generation }):
history-kicker = History
history-total = { $n ->
    [one] One version.
   *[other] { $shown } versions, the latest first.
}
history-current = See today’s version
history-gone = This IRI describes nothing by itself today.
history-generation = generation { $generation }
history-by = By { $source }.
history-then = See it as it was
history-published = Published
history-changed = Changed
history-returned = Published again
history-withdrawn = Withdrawn
history-merged = Merged into
history-separated = Separated again from
history-split = Split into
history-joined = One again
history-by-replace = Changed by a complete submission
history-by-upsert = Changed by an update
history-by-withdraw = Changed as a source took back what it said
history-by-source = Changed by the settings of a source
history-by-system = Changed by a new edition of the model
history-by-merge = Changed by a merge
history-by-unmerge = Changed as a merge was undone
history-by-split = Changed by a split
history-by-differ = Changed as two were told apart
history-by-redact = Changed by a redaction of the records
history-removed = removed
history-added = added
history-lines = { $n ->
    [one] One property
   *[other] { $shown } properties
}
history-lines-left = { $n ->
    [one] And one more property: the JSON file has all.
   *[other] And { $shown } more properties: the JSON file has all.
}
history-values-left = { $n ->
    [one] and one more value
   *[other] and { $shown } more values
}
history-labels = The names of linked things are those of today. The same data:
history-timemap = TimeMap
## Pages of entities
status-over = Over
values-left =
    { $n ->
        [one] … and { $shown } other
       *[other] … and { $shown } others
    }
names-more =
    { $n ->
        [one] Another name
       *[other] { $shown } other names
    }
entity-contents = On this page
section-where = Venue
section-where-place = Address
section-dates = Dates
section-dates-performance = Other dates
section-dates-place = What’s on
section-dates-person = On stage
section-dates-organisation = On stage
section-dates-festival = Programme
section-dates-season = Programme
section-venues = Venues
section-roles = Work
section-roles-character = On stage
section-images = Images
section-links = What links here
section-identifier = Permanent identifier
section-citation = Cite
section-data = This data
section-history = History
section-elsewhere = Elsewhere
section-sources = Sources
section-profiles = Profiles
about-of = About
about-reserved = The description is not reproduced here: its source gives no licence for it, all rights reserved.
about-read-there = Read it at
about-more = Read on
about-cut = This text is longer.
about-data = All of it is in the data.
fact-event-type = Type
fact-based-on = Based on
fact-production-type = Production
fact-premiere = First night
fact-created = Date
fact-capacity = Capacity
fact-managed-by = Run by
fact-residents = Residents
fact-members = Members
fact-characters = Characters
fact-language = Language
fact-email = Email
where-map = Map of the venue
venues-map = Map of the venues
country-be = Belgium
country-ch = Switzerland
country-lu = Luxembourg
country-de = Germany
country-es = Spain
country-it = Italy
country-pt = Portugal
country-gb = United Kingdom
country-ie = Ireland
country-nl = Netherlands
country-at = Austria
country-mc = Monaco
country-ad = Andorra
country-ca = Canada
country-us = United States
country-gp = Guadeloupe
country-mq = Martinique
country-gf = French Guiana
country-re = Réunion
country-yt = Mayotte
country-pm = Saint Pierre and Miquelon
country-bl = Saint Barthélemy
country-mf = Saint Martin
country-wf = Wallis and Futuna
country-pf = French Polynesia
country-nc = New Caledonia
venues-place = Venue
venues-town = Town
venues-when = When
venues-dates = Dates
dates-none-to-come = No date to come.
dates-later =
    { $n ->
        [one] Show the next date
       *[other] Show the next { $shown } dates
    }
dates-over-last =
    { $n ->
        [one] The last past date
       *[other] The last { $shown } past dates
    }
dates-postponed = Postponed, without a new date
calendar-left =
    { $n ->
        [one] One more performance
       *[other] { $shown } more performances
    }
calendar-zones = Times are those of each venue (outside mainland France: { $zones }).
calendar-until = This calendar ends on { $day }; there are dates after that.
calendar-from = This calendar begins on { $day }; there were dates before that.
calendar-all = All dates
venues-among =
    { $n ->
        [one] From the one date of this page; there are others.
       *[other] Among the { $shown } dates of this page only; there are others.
    }
dates-over =
    { $n ->
        [one] One past date
       *[other] { $shown } past dates
    }
dates-left =
    { $n ->
        [one] One other date
       *[other] { $shown } other dates
    }
credits-cast = Cast
credits-team = Creative and technical team
credits-support = Production and support
credits-replaces = in place of
accessibility-here = Accessibility
accessibility-at-place = At the venue:
accessibility-audience = Audience
accessibility-to-know = Good to know
accessibility-unknown = Nothing is said about accessibility. That does not mean that there is none: ask the venue.
know-duration = Running time: { $duration }
know-interval = With an interval
know-no-interval = No interval
know-no-words = Without words
know-surtitles = Surtitles: { $language }
image-see = see the image
image-reserved = All rights reserved
links-here-all = All that links here
voices-undisputed = What the sources agree on
reason-own = Published from { $followed }: it is the organiser’s or the venue’s own source.
reason-rank = Published from { $followed }, whose rank ({ $first }) comes before that of { $other } ({ $second }).
reason-recent = Published from { $followed }, of the same rank as { $other } and more recent (changed on { $when }).
reason-recent-unknown = Published from { $followed }, of the same rank as { $other } and more recent.
reason-name = Published from { $followed }, of the same rank and date as { $other }: the order of the names of the sources decides.
citation-line = “{ $title }”, { $kind }. Affiche, generation { $generation }. { $iri } (consulted { $consulted }).
citation-line-publishers = “{ $title }”, { $kind }, from { $publishers }. Affiche, generation { $generation }. { $iri } (consulted { $consulted }).
data-sparql = Query with SPARQL
aside-by = by { $source }
history-all = All changes
history-follow = Follow by an Atom feed
sources-voices = Who says what, and why
aside-iri-promise = What that guarantees
identifier-siret = SIRET
identifier-siren = SIREN
identifier-rna = RNA
identifier-ridet = RIDET
identifier-tahiti = Tahiti number
identifier-licence-spectacle-1 = Performing arts licence 1
identifier-licence-spectacle-2 = Performing arts licence 2
identifier-licence-spectacle-3 = Performing arts licence 3
identifier-basilic = Basilic
identifier-festival-mc = Festival (French ministry of culture)
identifier-acceslibre = Acceslibre
identifier-openagenda-uid = OpenAgenda
identifier-passculture-offre = pass Culture
identifier-archives-du-spectacle = Les Archives du spectacle
identifier-identifiant-rof = ROF
identifier-frbnf = BnF
identifier-sibil = Sibil

## Following
follow-title = Follow entities
follow-lead = Paste up to { $most } identifiers: you get the address of an Atom feed of what happens to them, changes, merges, splits and withdrawals. For one entity alone, the address is “/follow?iri=” and its IRI.
follow-run = Make the feed
follow-kept = The list is kept under an address that nobody can guess. Those that nobody reads any more are forgotten when their room is needed; the same list, sent again, finds the same address.
follow-made = { $n ->
    [one] A feed for one entity
   *[other] A feed for { $shown } entities
}
follow-made-about = Give this address to your feed reader, or to your program.
follow-left-out = Not followed, since nothing published here answers to them, or several things do:
follow-subtitle = Changes, merges, splits and withdrawals, the last one first.
follow-one = Following: { $name }
follow-several = { $n ->
    [one] Following one entity
   *[other] Following { $shown } entities
}
follow-published = published
follow-changed = changed
follow-withdrawn = withdrawn
follow-returned = published again
follow-merged = merged into another
follow-separated = separated again
follow-split = split
follow-joined = one again
follow-published-about = Published for the first time.
follow-changed-about = Changed.
follow-withdrawn-about = Withdrawn: its address stays reserved. { $about }
follow-returned-about = Published again under the same address.
follow-merged-about = Merged into { $about }, which this feed follows from now on.
follow-separated-about = Separated again from { $about }.
follow-split-about = Split into { $about }.
follow-joined-about = One again.
follow-by = Source: { $source }.
follow-replaced = { $property }: { $removed } becomes { $added }
follow-added = { $property }: { $added } added
follow-removed = { $property }: { $removed } removed

## All changes, as a feed

changes-feed-title = All changes
changes-subtitle = What was published, changed, merged, split and withdrawn, the last change first.
changes-several = { $more ->
    [yes] { $name } and more than { $shown } others
   *[no] { $n ->
        [2] { $name } and another
       *[other] { $name } and others: { $shown } in all
    }
}
changes-several-kind = several

## Places
places-about = Venues and places of the performing arts, by region, department and town.
places-title = Places
places-elsewhere = Abroad or in no known department
places-total = { $n ->
    [0] No place
    [one] { $shown } place
   *[other] { $shown } places
}
places-upcoming = { $n ->
    [one] { $shown } date to come
   *[other] { $shown } dates to come
}
places-map = Map of places: { $where }
places-trail = Territories
places-territories = By territory
places-list = List
places-a-to-z = Places from A to Z
