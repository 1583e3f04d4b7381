//! Feeds: Atom (RFC 4287), in pages (RFC 5005).

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;
use std::io;

const ATOM: &str = "http://www.w3.org/2005/Atom";
/// The namespace of RFC 5005.
const HISTORY: &str = "http://purl.org/syndication/history/1.0";

/// The media type of a feed.
pub const MEDIA_TYPE: &str = "application/atom+xml";

/// A feed, or a page of one.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    /// An IRI that stays the same for ever.
    pub id: String,
    pub title: String,
    pub subtitle: String,
    /// xsd:dateTime.
    pub updated: String,
    pub author: String,
    /// The language of all its texts, as a BCP 47 tag.
    pub lang: &'static str,
    pub links: Vec<Link>,
    /// Whether it is a page that will not change any more.
    pub is_archive: bool,
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug, Default)]
pub struct Link {
    pub rel: &'static str,
    pub href: String,
    pub media_type: Option<&'static str>,
    pub title: Option<String>,
}

impl Link {
    pub fn new(rel: &'static str, href: impl Into<String>) -> Self {
        Self {
            rel,
            href: href.into(),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn of_type(self, media_type: &'static str) -> Self {
        Self {
            media_type: Some(media_type),
            ..self
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub id: String,
    pub title: String,
    pub updated: String,
    pub author: String,
    pub links: Vec<Link>,
    /// A word for programs, and for people.
    pub category: (&'static str, String),
    /// Lines of text, the first one a sentence, the others items of a list.
    pub lines: Vec<String>,
}

/// Writes a feed.
///
/// # Errors
/// Those of `out`.
pub fn write(feed: &Feed, out: &mut dyn io::Write) -> io::Result<()> {
    let mut xml = Xml(Writer::new_with_indent(out, b' ', 1));
    xml.0
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let head = [
        ("xmlns", ATOM),
        ("xmlns:fh", HISTORY),
        ("xml:lang", feed.lang),
    ];
    xml.within("feed", &head, |xml| {
        xml.text("id", &feed.id)?;
        xml.text("title", &feed.title)?;
        if !feed.subtitle.is_empty() {
            xml.text("subtitle", &feed.subtitle)?;
        }
        xml.text("updated", &feed.updated)?;
        xml.within("author", &[], |xml| xml.text("name", &feed.author))?;
        xml.text("generator", "Affiche")?;
        for link in &feed.links {
            xml.link(link)?;
        }
        if feed.is_archive {
            xml.empty("fh:archive", &[])?;
        }
        feed.entries.iter().try_for_each(|entry| xml.entry(entry))
    })?;
    xml.0.into_inner().write_all(b"\n")
}

struct Xml<'o>(Writer<&'o mut dyn io::Write>);

impl Xml<'_> {
    fn within(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inner: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.0.write_event(Event::Start(start(name, attributes)))?;
        inner(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Empty(start(name, attributes)))
    }

    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        let text = allowed(text);
        self.within(name, &[], |xml| {
            xml.0.write_event(Event::Text(BytesText::new(&text)))
        })
    }

    fn link(&mut self, link: &Link) -> io::Result<()> {
        let mut attributes = vec![("rel", link.rel), ("href", link.href.as_str())];
        attributes.extend(link.media_type.map(|media_type| ("type", media_type)));
        let title = link.title.as_deref();
        attributes.extend(title.map(|title| ("title", title)));
        self.empty("link", &attributes)
    }

    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        self.within("entry", &[], |xml| {
            xml.text("id", &entry.id)?;
            xml.text("title", &entry.title)?;
            xml.text("updated", &entry.updated)?;
            xml.within("author", &[], |xml| xml.text("name", &entry.author))?;
            for link in &entry.links {
                xml.link(link)?;
            }
            let (term, label) = &entry.category;
            xml.empty("category", &[("term", term), ("label", label.as_str())])?;
            let html = html(&entry.lines);
            xml.within("content", &[("type", "html")], |xml| {
                xml.0.write_event(Event::Text(BytesText::new(&html)))
            })
        })
    }
}

fn start<'a>(name: &'a str, attributes: &[(&'a str, &'a str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, allowed(value).as_ref()));
    }
    start
}

/// The lines as HTML, which is escaped once more where it stands in the feed.
fn html(lines: &[String]) -> String {
    let escaped = |line: &String| quick_xml::escape::escape(allowed(line).as_ref()).into_owned();
    let Some((first, items)) = lines.split_first() else {
        return String::new();
    };
    let mut html = format!("<p>{}</p>", escaped(first));
    if !items.is_empty() {
        html.push_str("<ul>");
        for item in items {
            html.push_str(&format!("<li>{}</li>", escaped(item)));
        }
        html.push_str("</ul>");
    }
    html
}

/// A text without the characters that no XML can hold (XML 1.0 §2.2).
fn allowed(text: &str) -> Cow<'_, str> {
    let is_allowed = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(is_allowed) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|c| is_allowed(*c)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_written_with_all_that_is_hostile_escaped() {
        let feed = Feed {
            id: "https://data.example.org/follow?iri=a&iri=b".to_owned(),
            title: "Suivi : « <b>Le Bac</b> »".to_owned(),
            updated: "2026-11-22T12:00:00Z".to_owned(),
            author: "Réseau\u{0}\u{8}".to_owned(),
            lang: "fr",
            links: vec![Link::new(
                "self",
                "https://data.example.org/follow?iri=a&b=\"c",
            )],
            is_archive: true,
            entries: vec![Entry {
                id: "tag:x".to_owned(),
                title: "]]> & co".to_owned(),
                updated: "2026-11-22T12:00:00Z".to_owned(),
                author: "theatre".to_owned(),
                links: Vec::new(),
                category: ("changed", "Modifié".to_owned()),
                lines: vec![
                    "Modifié.".to_owned(),
                    "<script>alert(1)</script>".to_owned(),
                ],
            }],
            ..Feed::default()
        };
        let mut out = Vec::new();
        write(&feed, &mut out).expect("memory");
        let text = String::from_utf8(out).expect("text");
        assert_eq!(
            text,
            r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0" xml:lang="fr">
 <id>https://data.example.org/follow?iri=a&amp;iri=b</id>
 <title>Suivi : « &lt;b&gt;Le Bac&lt;/b&gt; »</title>
 <updated>2026-11-22T12:00:00Z</updated>
 <author>
  <name>Réseau</name>
 </author>
 <generator>Affiche</generator>
 <link rel="self" href="https://data.example.org/follow?iri=a&amp;b=&quot;c"/>
 <fh:archive/>
 <entry>
  <id>tag:x</id>
  <title>]]&gt; &amp; co</title>
  <updated>2026-11-22T12:00:00Z</updated>
  <author>
   <name>theatre</name>
  </author>
  <category term="changed" label="Modifié"/>
  <content type="html">&lt;p&gt;Modifié.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;&lt;/li&gt;&lt;/ul&gt;</content>
 </entry>
</feed>
"#
        );
    }
}
