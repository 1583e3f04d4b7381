//! Namespaces that the model uses, and the few terms that the code itself names.
//!
//! Terms of our own ontology depend on the base IRI: see [`crate::model::Base::sv`].

/// Prefix and namespace, in the order in which they are written in Turtle and JSON-LD contexts.
/// The prefix `sv` is `{base}/ns#` and so is not here.
pub const PREFIXES: &[(&str, &str)] = &[
    ("ado", "http://kg.artsdata.ca/ontology/"),
    ("adr", "http://kg.artsdata.ca/resource/"),
    ("bnfroles", "http://data.bnf.fr/vocabulary/roles/"),
    ("crm", "http://www.cidoc-crm.org/cidoc-crm/"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("dt", "https://www.datatourisme.fr/ontology/core#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("igeo", "http://rdf.insee.fr/def/geo#"),
    ("lrmoo", "http://iflastandards.info/ns/lrm/lrmoo/"),
    ("marcrel", "http://id.loc.gov/vocabulary/relators/"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("rdaa", "http://rdaregistry.info/Elements/a/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("schema", "http://schema.org/"),
    ("sd", "http://www.w3.org/ns/sparql-service-description#"),
    ("sh", "http://www.w3.org/ns/shacl#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("spav", "http://vocab.performing-arts.ch/"),
    ("vann", "http://purl.org/vocab/vann/"),
    ("void", "http://rdfs.org/ns/void#"),
    ("wd", "http://www.wikidata.org/entity/"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// The IRI that a prefixed name such as `schema:name` stands for. `None` for an unknown prefix.
pub fn expand(prefixed: &str) -> Option<String> {
    let (prefix, local) = prefixed.split_once(':')?;
    let (_, namespace) = PREFIXES.iter().find(|(name, _)| *name == prefix)?;
    Some(format!("{namespace}{local}"))
}

/// Terms of other vocabularies that the code names.
macro_rules! terms {
    ($($module:ident $namespace:literal { $($name:ident $local:literal)* })*) => {
        $(pub mod $module {
            use oxrdf::NamedNodeRef;
            pub const NS: &str = $namespace;
            $(pub const $name: NamedNodeRef<'static> =
                NamedNodeRef::new_unchecked(concat!($namespace, $local));)*
        })*
    };
}

terms! {
    rdf "http://www.w3.org/1999/02/22-rdf-syntax-ns#" {
        TYPE "type" FIRST "first" REST "rest" NIL "nil" LANG_STRING "langString"
        PROPERTY "Property"
    }
    rdfs "http://www.w3.org/2000/01/rdf-schema#" {
        CLASS "Class" LABEL "label" COMMENT "comment" SUB_CLASS_OF "subClassOf" RESOURCE "Resource" SEE_ALSO "seeAlso" IS_DEFINED_BY "isDefinedBy"
    }
    owl "http://www.w3.org/2002/07/owl#" {
        CLASS "Class" SAME_AS "sameAs" ONTOLOGY "Ontology" IMPORTS "imports"
        OBJECT_PROPERTY "ObjectProperty" DATATYPE_PROPERTY "DatatypeProperty"
    }
    xsd "http://www.w3.org/2001/XMLSchema#" {
        STRING "string" BOOLEAN "boolean" INTEGER "integer" DECIMAL "decimal" DOUBLE "double"
        DATE "date" DATE_TIME "dateTime" DURATION "duration" ANY_URI "anyURI" TIME "time"
        HEX_BINARY "hexBinary" NON_NEGATIVE_INTEGER "nonNegativeInteger"
    }
    skos "http://www.w3.org/2004/02/skos/core#" {
        CONCEPT "Concept" CONCEPT_SCHEME "ConceptScheme" BROADER "broader" PREF_LABEL "prefLabel"
        IN_SCHEME "inScheme" NOTATION "notation" EXACT_MATCH "exactMatch"
        CLOSE_MATCH "closeMatch" BROAD_MATCH "broadMatch" NARROW_MATCH "narrowMatch"
        RELATED_MATCH "relatedMatch" SCOPE_NOTE "scopeNote"
    }
    schema "http://schema.org/" {
        NAME "name" ALTERNATE_NAME "alternateName" DESCRIPTION "description" URL "url" IMAGE "image"
        SAME_AS "sameAs" IDENTIFIER "identifier" PROPERTY_ID "propertyID" VALUE "value"
        START_DATE "startDate" END_DATE "endDate" DOOR_TIME "doorTime"
        PREVIOUS_START_DATE "previousStartDate" EVENT_STATUS "eventStatus" LOCATION "location"
        ORGANIZER "organizer" SUPER_EVENT "superEvent" SUB_EVENT "subEvent"
        WORK_PERFORMED "workPerformed" OFFERS "offers" PRICE "price" PRICE_CURRENCY "priceCurrency"
        ADDRESS "address" POSTAL_CODE "postalCode" ADDRESS_LOCALITY "addressLocality"
        CONTAINED_IN_PLACE "containedInPlace" GEO "geo" CONTENT_URL "contentUrl"
        EVENT "Event" PERFORMING_ARTS_EVENT "PerformingArtsEvent" EVENT_SERIES "EventSeries"
        FESTIVAL "Festival" CREATIVE_WORK "CreativeWork" PERSON "Person"
        ORGANIZATION "Organization" PLACE "Place" ROLE "Role" OFFER "Offer"
        POSTAL_ADDRESS "PostalAddress" GEO_COORDINATES "GeoCoordinates" IMAGE_OBJECT "ImageObject"
        AUDIENCE "Audience" HAS_AUDIENCE "audience" AUDIENCE_TYPE "audienceType" GENRE "genre"
        IN_LANGUAGE "inLanguage" PROPERTY_VALUE "PropertyValue" VIRTUAL_LOCATION "VirtualLocation"
        EVENT_CANCELLED "EventCancelled" EVENT_RESCHEDULED "EventRescheduled"
        EVENT_POSTPONED "EventPostponed" EVENT_SCHEDULED "EventScheduled"
        KEYWORDS "keywords" TARGET "target" POSITION "position" RANGE_INCLUDES "rangeIncludes"
        VALUE_NAME "valueName" VALUE_REQUIRED "valueRequired" VALUE_PATTERN "valuePattern"
        MULTIPLE_VALUES "multipleValues" DEFAULT_VALUE "defaultValue"
        MIN_VALUE "minValue" MAX_VALUE "maxValue"
    }
    dct "http://purl.org/dc/terms/" {
        LICENSE "license" PUBLISHER "publisher" CREATED "created" MODIFIED "modified"
        IS_REPLACED_BY "isReplacedBy" IS_VERSION_OF "isVersionOf" TYPE "type"
        CONFORMS_TO "conformsTo" TITLE "title"
        DESCRIPTION "description" FORMAT "format" IDENTIFIER "identifier" ISSUED "issued"
        SPATIAL "spatial" TEMPORAL "temporal" LANGUAGE "language" RIGHTS "rights"
        ACCESS_RIGHTS "accessRights" ACCRUAL_PERIODICITY "accrualPeriodicity"
        HAS_PART "hasPart" IS_PART_OF "isPartOf" LOCATION "Location"
        PERIOD_OF_TIME "PeriodOfTime" LICENSE_DOCUMENT "LicenseDocument"
        RIGHTS_STATEMENT "RightsStatement" MEDIA_TYPE "MediaType"
        MEDIA_TYPE_OR_EXTENT "MediaTypeOrExtent" STANDARD "Standard" FREQUENCY "Frequency"
        LINGUISTIC_SYSTEM "LinguisticSystem"
    }
    foaf "http://xmlns.com/foaf/0.1/" {
        DOCUMENT "Document" PRIMARY_TOPIC "primaryTopic" AGENT "Agent" NAME "name"
        HOMEPAGE "homepage" PAGE "page"
    }
    dcat "http://www.w3.org/ns/dcat#" {
        CATALOG "Catalog" DATASET "Dataset" DISTRIBUTION "Distribution"
        DATA_SERVICE "DataService" HAS_DATASET "dataset" SERVICE "service"
        HAS_DISTRIBUTION "distribution" ACCESS_URL "accessURL" DOWNLOAD_URL "downloadURL"
        ACCESS_SERVICE "accessService" MEDIA_TYPE "mediaType" COMPRESS_FORMAT "compressFormat"
        BYTE_SIZE "byteSize" VERSION "version" HAS_VERSION "hasVersion"
        HAS_CURRENT_VERSION "hasCurrentVersion" PREVIOUS "prev" THEME "theme"
        THEME_TAXONOMY "themeTaxonomy" KEYWORD "keyword" CONTACT_POINT "contactPoint"
        DATASET_SERIES "DatasetSeries" IN_SERIES "inSeries" LANDING_PAGE "landingPage" ENDPOINT_URL "endpointURL"
        ENDPOINT_DESCRIPTION "endpointDescription" SERVES_DATASET "servesDataset"
        START_DATE "startDate" END_DATE "endDate" BBOX "bbox" CENTROID "centroid"
    }
    vcard "http://www.w3.org/2006/vcard/ns#" {
        KIND "Kind" FN "fn" HAS_EMAIL "hasEmail" HAS_URL "hasURL"
    }
    spdx "http://spdx.org/rdf/terms#" {
        CHECKSUM "checksum" CHECKSUM_CLASS "Checksum" ALGORITHM "algorithm"
        CHECKSUM_VALUE "checksumValue" CHECKSUM_ALGORITHM "ChecksumAlgorithm"
        SHA256 "checksumAlgorithm_sha256"
    }
    adms "http://www.w3.org/ns/adms#" {
        VERSION_NOTES "versionNotes"
    }
    prof "http://www.w3.org/ns/dx/prof/" {
        PROFILE "Profile" IS_PROFILE_OF "isProfileOf" HAS_TOKEN "hasToken"
    }
    altr "http://www.w3.org/ns/dx/connegp/altr#" {
        REPRESENTATION "Representation" HAS_REPRESENTATION "hasRepresentation"
        HAS_DEFAULT_REPRESENTATION "hasDefaultRepresentation"
    }
    prov "http://www.w3.org/ns/prov#" {
        STARTED_AT_TIME "startedAtTime" WAS_ASSOCIATED_WITH "wasAssociatedWith"
    }
    sd "http://www.w3.org/ns/sparql-service-description#" {
        SERVICE "Service" ENDPOINT "endpoint" SUPPORTED_LANGUAGE "supportedLanguage"
        SPARQL_11_QUERY "SPARQL11Query" RESULT_FORMAT "resultFormat"
        DEFAULT_ENTAILMENT_REGIME "defaultEntailmentRegime" DEFAULT_DATASET "defaultDataset"
        DATASET "Dataset" DEFAULT_GRAPH "defaultGraph" NAMED_GRAPH "namedGraph"
        NAMED_GRAPH_CLASS "NamedGraph" NAME "name" GRAPH_PROPERTY "graph" GRAPH "Graph"
        EXTENSION_FUNCTION "extensionFunction" FUNCTION "Function"
    }
    void "http://rdfs.org/ns/void#" {
        DATASET "Dataset" LINKSET "Linkset" TRIPLES "triples" ENTITIES "entities"
        DISTINCT_SUBJECTS "distinctSubjects" DISTINCT_OBJECTS "distinctObjects"
        CLASSES "classes" PROPERTIES "properties" CLASS_PARTITION "classPartition" CLASS "class"
        PROPERTY_PARTITION "propertyPartition" PROPERTY "property" SUBSET "subset"
        SUBJECTS_TARGET "subjectsTarget" OBJECTS_TARGET "objectsTarget"
        LINK_PREDICATE "linkPredicate" URI_REGEX_PATTERN "uriRegexPattern"
        SPARQL_ENDPOINT "sparqlEndpoint" DATA_DUMP "dataDump"
        EXAMPLE_RESOURCE "exampleResource" URI_SPACE "uriSpace" FEATURE "feature"
        OPEN_SEARCH_DESCRIPTION "openSearchDescription" VOCABULARY "vocabulary"
    }
    hydra "http://www.w3.org/ns/hydra/core#" {
        COLLECTION "Collection" PARTIAL_COLLECTION_VIEW "PartialCollectionView" TITLE "title"
        TOTAL_ITEMS "totalItems" VIEW "view" MEMBER "member" FIRST "first" PREVIOUS "previous"
        NEXT "next" LAST "last"
    }
    activity "https://www.w3.org/ns/activitystreams#" {
        COLLECTION_PAGE "CollectionPage" ITEMS "items" NEXT "next" OBJECT "object" TARGET "target"
        PUBLISHED "published" URL "url" CREATE "Create" UPDATE "Update" DELETE "Delete"
    }
    tree "https://w3id.org/tree#" {
        NODE_CLASS "Node" VIEW "view" MEMBER "member" RELATION "relation" NODE "node" PATH "path"
        VALUE "value" SHAPE "shape"
        GREATER_THAN_OR_EQUAL_TO "GreaterThanOrEqualToRelation"
        LESS_THAN_OR_EQUAL_TO "LessThanOrEqualToRelation"
    }
    ldes "https://w3id.org/ldes#" {
        EVENT_STREAM "EventStream" EVENT_SOURCE "EventSource" TIMESTAMP_PATH "timestampPath"
        SEQUENCE_PATH "sequencePath" VERSION_OF_PATH "versionOfPath"
        VERSION_CREATE_OBJECT "versionCreateObject" VERSION_UPDATE_OBJECT "versionUpdateObject"
        VERSION_DELETE_OBJECT "versionDeleteObject" IMMUTABLE "immutable"
        RETENTION_POLICY "retentionPolicy" RETENTION_POLICY_CLASS "RetentionPolicy"
        STARTING_FROM "startingFrom" POLLING_INTERVAL "pollingInterval"
    }
    sh "http://www.w3.org/ns/shacl#" {
        NODE_SHAPE "NodeShape" PROPERTY_SHAPE "PropertyShape"
        SPARQL_EXECUTABLE "SPARQLExecutable" SPARQL_SELECT_EXECUTABLE "SPARQLSelectExecutable"
        SPARQL_ASK_EXECUTABLE "SPARQLAskExecutable"
        SPARQL_CONSTRUCT_EXECUTABLE "SPARQLConstructExecutable"
        SPARQL_DESCRIBE_EXECUTABLE "SPARQLDescribeExecutable"
        SELECT "select" ASK "ask" CONSTRUCT "construct" DESCRIBE "describe"
        PREFIXES "prefixes" DECLARE "declare" PREFIX_DECLARATION "PrefixDeclaration"
        PREFIX "prefix" NAMESPACE "namespace" PROPERTY "property" PATH "path"
        MIN_COUNT "minCount" MAX_COUNT "maxCount" NODE_KIND "nodeKind" IRI "IRI"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefixed_name_is_expanded_and_an_unknown_prefix_is_not() {
        assert_eq!(
            expand("schema:name").as_deref(),
            Some("http://schema.org/name")
        );
        assert_eq!(expand("nope:name"), None);
    }

    #[test]
    fn prefixes_are_sorted_and_unique() {
        assert!(PREFIXES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
