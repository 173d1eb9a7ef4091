import Foundation

/// The references of a run for reference managers: BibTeX, RIS, and plain text.
public struct Bibliography: Sendable {
    public let references: [Reference]

    public init(_ references: [Reference]) { self.references = references }

    /// Numbered, in the order of the method.
    public var text: String {
        references.enumerated().map { number, reference in
            let link = reference.doi.map { " doi:\($0)" } ?? ""
            return "\(number + 1). \(reference.citation)\(link)\n"
        }.joined()
    }

    // MARK: - BibTeX

    /// UTF-8, one entry a reference, keys such as `higgins2002`. What is special in LaTeX is escaped.
    public var bibTeX: String {
        zip(keys, references).map { key, reference in
            guard let fields = CitationFields(reference.citation) else {
                return Self.entry("misc", key, [("note", reference.citation), ("doi", reference.doi)])
            }
            let pages = fields.pages?.replacing("\u{2013}", with: "--")
            let people = Self.people(fields.authors, hasMore: fields.hasMoreAuthors)
            switch fields.kind {
            case .article:
                return Self.entry(
                    "article", key,
                    [
                        ("author", people), ("title", "{\(fields.title)}"), ("journal", fields.journal),
                        ("year", fields.year), ("volume", fields.volume), ("number", fields.issue), ("pages", pages),
                        ("doi", reference.doi),
                    ])
            case .book:
                return Self.entry(
                    "book", key,
                    [
                        ("author", people), ("title", "{\(fields.title)}"), ("publisher", fields.publisher),
                        ("address", fields.place), ("year", fields.year), ("doi", reference.doi),
                    ])
            case .chapter:
                return Self.entry(
                    "incollection", key,
                    [
                        ("author", people), ("title", "{\(fields.title)}"),
                        ("editor", Self.people(fields.editors, hasMore: false)),
                        ("booktitle", fields.book.map { "{\($0)}" }),
                        ("publisher", fields.publisher), ("address", fields.place), ("year", fields.year),
                        ("pages", pages), ("doi", reference.doi),
                    ])
            }
        }.joined(separator: "\n")
    }

    private static func entry(_ kind: String, _ key: String, _ fields: [(String, String?)]) -> String {
        let lines = fields.compactMap { name, value in
            value.map { "  \(name) = {\(name == "doi" ? $0 : LaTeXText.escapedInBibTeX($0))},\n" }
        }
        return "@\(kind){\(key),\n\(lines.joined())}\n"
    }

    /// `Van Essen, D. C. and others`.
    private static func people(_ people: [CitationFields.Person], hasMore: Bool) -> String {
        let names = people.map { person in
            let initials = person.initials.map { "\($0)." }.joined(separator: " ")
            return initials.isEmpty ? person.family : "\(person.family), \(initials)"
        }
        return (names + (hasMore ? ["others"] : [])).joined(separator: " and ")
    }

    /// Family name and year in plain letters; a, b, … behind those that would be alike.
    var keys: [String] {
        let bases = references.map { reference -> String in
            let fields = CitationFields(reference.citation)
            let name = fields?.authors.first?.family ?? reference.mark
            let plain = name.folding(
                options: [.diacriticInsensitive, .caseInsensitive], locale: Locale(identifier: "en"))
            let letters = plain.lowercased().unicodeScalars.filter { ("a"..."z").contains($0) }
            return String(String.UnicodeScalarView(letters)) + (fields?.year ?? "")
        }
        return bases.enumerated().map { index, base in
            let alike = bases.indices.filter { bases[$0] == base }
            guard alike.count > 1, let order = alike.firstIndex(of: index) else { return base }
            let letter = UnicodeScalar(UInt8(ascii: "a") + UInt8(min(order, 25)))
            return base + String(Character(letter))
        }
    }

    // MARK: - RIS

    /// As EndNote, Zotero and Mendeley import it: a tag a line, lines ended as the format asks (CR LF).
    public var ris: String {
        references.map { reference in
            guard let fields = CitationFields(reference.citation) else {
                return Self.record([("TY", "GEN"), ("N1", reference.citation), ("DO", reference.doi)])
            }
            let pages = fields.pages?.split(separator: "\u{2013}").map(String.init) ?? []
            let type = [CitationFields.Kind.article: "JOUR", .book: "BOOK", .chapter: "CHAP"][fields.kind]
            var lines: [(String, String?)] = [("TY", type)]
            lines += fields.authors.map { ("AU", Self.name($0)) }
            lines += fields.editors.map { ("ED", Self.name($0)) }
            lines += [
                ("TI", fields.title), ("T2", fields.journal ?? fields.book), ("PY", fields.year),
                ("VL", fields.volume), ("IS", fields.issue), ("SP", pages.first),
                ("EP", pages.count > 1 ? pages[1] : nil), ("PB", fields.publisher), ("CY", fields.place),
                ("DO", reference.doi),
            ]
            return Self.record(lines)
        }.joined()
    }

    private static func name(_ person: CitationFields.Person) -> String {
        let initials = person.initials.map { "\($0)." }.joined(separator: " ")
        return initials.isEmpty ? person.family : "\(person.family), \(initials)"
    }

    private static func record(_ lines: [(String, String?)]) -> String {
        let text = lines.compactMap { tag, value in value.map { "\(tag)  - \($0)\r\n" } }
        return text.joined() + "ER  - \r\n\r\n"
    }
}
