/// The parts of a citation, read off its text: one place says what is cited, and no field can contradict it.
///
/// Citations of ``Reference`` are in the style of the ICMJE (Vancouver): `Authors. Title. Journal year; volume: pages.`,
/// `Authors. Title. Place: publisher; year.`, and chapters with `In: Editors, editors. Book.`
public struct CitationFields: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable { case article, book, chapter }

    /// `Van Essen DC` is the family name `Van Essen` and the initials `DC`.
    public struct Person: Hashable, Sendable {
        public var family: String
        public var initials: String
    }

    public var kind: Kind
    public var authors: [Person]
    /// Whether the citation names only the first authors.
    public var hasMoreAuthors: Bool
    public var title: String
    public var year: String
    /// Of an article.
    public var journal: String?
    public var volume: String?
    public var issue: String?
    /// First and last page with an en dash, or the number of the article.
    public var pages: String?
    /// Of a chapter.
    public var book: String?
    public var editors: [Person] = []
    /// Of a book or chapter.
    public var publisher: String?
    public var place: String?

    /// - Returns: nil where the text is in none of the three forms.
    public init?(_ citation: String) {
        if let found = Self.chapter(citation) ?? Self.article(citation) ?? Self.book(citation) {
            self = found
        } else {
            return nil
        }
    }

    private init(_ kind: Kind, authors: Substring, title: Substring, year: Substring) {
        self.kind = kind
        let names = authors.split(separator: ", ").map(String.init)
        hasMoreAuthors = names.last == "et al"
        self.authors = Self.people(names.filter { $0 != "et al" })
        // A full stop ends the title in the citation, a question mark is part of it.
        self.title = String(title.last == "." ? title.dropLast() : title)
        self.year = String(year)
    }

    private static func article(_ text: String) -> CitationFields? {
        let form =
            /(?<authors>.+?)\. (?<title>.+?[.?]) (?<journal>[^.?]+) (?<year>\d{4}); (?<volume>\d+)(?: \((?<issue>[^)]+)\))?: (?<pages>[^.]+)\./
        guard let found = text.wholeMatch(of: form)?.output else { return nil }
        var fields = CitationFields(.article, authors: found.authors, title: found.title, year: found.year)
        fields.journal = String(found.journal)
        fields.volume = String(found.volume)
        fields.issue = found.issue.map(String.init)
        fields.pages = String(found.pages)
        return fields
    }

    private static func book(_ text: String) -> CitationFields? {
        let form = /(?<authors>.+?)\. (?<title>.+?)\. (?<place>[^.:]+): (?<publisher>[^;]+); (?<year>\d{4})\./
        guard let found = text.wholeMatch(of: form)?.output else { return nil }
        var fields = CitationFields(.book, authors: found.authors, title: found.title, year: found.year)
        fields.place = String(found.place)
        fields.publisher = String(found.publisher)
        return fields
    }

    private static func chapter(_ text: String) -> CitationFields? {
        let form =
            /(?<authors>.+?)\. (?<title>.+?)\. In: (?<editors>.+?), editors\. (?<book>.+?)\. (?<place>[^.:]+): (?<publisher>[^;]+); (?<year>\d{4})\. p\. (?<pages>[^.]+)\./
        guard let found = text.wholeMatch(of: form)?.output else { return nil }
        var fields = CitationFields(.chapter, authors: found.authors, title: found.title, year: found.year)
        fields.editors = people(found.editors.split(separator: ", ").map(String.init))
        fields.book = String(found.book)
        fields.place = String(found.place)
        fields.publisher = String(found.publisher)
        fields.pages = String(found.pages)
        return fields
    }

    private static func people(_ names: [String]) -> [Person] {
        names.map { name in
            let parts = name.split(separator: " ")
            guard parts.count > 1, let last = parts.last else { return Person(family: name, initials: "") }
            return Person(family: parts.dropLast().joined(separator: " "), initials: String(last))
        }
    }
}
