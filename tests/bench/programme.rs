//! The programme that the benchmarks run on: generated, the same each time, as N-Triples.

use std::fmt::Write as _;

/// Triples that one performance has, with its share of the rest.
pub const QUADS_PER_PERFORMANCE: usize = 17;

/// A programme of this many performances: one production for ten of them, one place for a hundred.
pub fn programme(house: usize, performances: usize) -> String {
    let host = format!("house{house}");
    let mut text = String::new();
    for place in 0..=performances / 100 {
        write_place(&mut text, &host, place);
    }
    for production in 0..=performances / 10 {
        let iri = format!("https://{host}.example/production/{production}");
        let _ = write!(
            text,
            "<{iri}> {TYPE} <http://kg.artsdata.ca/ontology/LivePerformanceWork> .\n\
             <{iri}> <http://schema.org/name> \"Spectacle {production}\"@fr .\n\
             <{iri}> <http://schema.org/description> \"Une histoire de lampes, de cartes et de rivières, numéro {production}.\"@fr .\n\
             <{iri}> <http://schema.org/genre> <https://data.example.org/vocab/disciplines/theatre> .\n\
             <{iri}> <http://schema.org/director> \"Personne {production}\" .\n"
        );
    }
    for performance in 0..performances {
        write_performance(
            &mut text,
            &host,
            performance,
            performance / 10,
            performance / 100,
            performance % 24,
        );
    }
    text
}

const TYPE: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";

/// A place with its address.
pub fn write_place(text: &mut String, host: &str, place: usize) {
    let iri = format!("https://{host}.example/place/{place}");
    let _ = write!(
        text,
        "<{iri}> {TYPE} <http://schema.org/Place> .\n\
         <{iri}> <http://schema.org/name> \"Salle {place}\"@fr .\n\
         <{iri}> <http://schema.org/address> _:a{place} .\n\
         _:a{place} {TYPE} <http://schema.org/PostalAddress> .\n\
         _:a{place} <http://schema.org/postalCode> \"{:05}\" .\n\
         _:a{place} <http://schema.org/addressLocality> \"Ville {place}\" .\n",
        place % 95_000
    );
}

/// A performance with its offer.
pub fn write_performance(
    text: &mut String,
    host: &str,
    performance: usize,
    production: usize,
    place: usize,
    hour: usize,
) {
    let iri = format!("https://{host}.example/performance/{performance}");
    let day = 1 + performance % 28;
    let month = 1 + performance / 28 % 12;
    let _ = write!(
        text,
        "<{iri}> {TYPE} <http://schema.org/PerformingArtsEvent> .\n\
         <{iri}> {TYPE} <http://schema.org/Event> .\n\
         <{iri}> <http://schema.org/name> \"Spectacle {production}\"@fr .\n\
         <{iri}> <http://schema.org/startDate> \"2027-{month:02}-{day:02}T{hour:02}:00:00+01:00\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n\
         <{iri}> <http://schema.org/endDate> \"2027-{month:02}-{day:02}T{hour:02}:50:00+01:00\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n\
         <{iri}> <http://schema.org/eventStatus> <http://schema.org/EventScheduled> .\n\
         <{iri}> <http://schema.org/location> <https://{host}.example/place/{place}> .\n\
         <{iri}> <http://schema.org/workPerformed> <https://{host}.example/production/{production}> .\n\
         <{iri}> <http://schema.org/url> <https://{host}.example/agenda/{performance}> .\n\
         <{iri}> <http://schema.org/description> \"Représentation {performance}, tout public.\"@fr .\n\
         <{iri}> <http://schema.org/offers> _:o{performance} .\n\
         _:o{performance} {TYPE} <http://schema.org/Offer> .\n\
         _:o{performance} <http://schema.org/price> \"{}\"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n\
         _:o{performance} <http://schema.org/priceCurrency> \"EUR\" .\n\
         _:o{performance} <http://schema.org/url> <https://{host}.example/billets/{performance}> .\n",
        5 + performance % 40
    );
}
