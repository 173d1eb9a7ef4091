/// How a study of a studyset is called: "Müller 2002" where authors and year are known, else its name, else its id.
enum StudyLabel {
    static func text(authors: String?, year: String?, name: String?, id: String) -> String {
        if let authors, let year, year.allSatisfy(\.isNumber), let surname = surname(of: authors) {
            return "\(surname) \(year)"
        }
        return name ?? id
    }

    /// Of "Müller JL, Röder CH", "Gosain A K", "Matthew J Kempton, Morgan Haldane" and "Smith, J.; Doe, A.".
    static func surname(of authors: String) -> String? {
        let first = authors.split { ",;&".contains($0) }.first.map(String.init)?.onOneLine ?? ""
        let words = first.split(separator: " ").map(String.init)
        guard let last = words.last else { return nil }
        let initials = words.reversed().prefix { word in
            let letters = word.filter { $0 != "." && $0 != "-" }
            return letters.count <= 3 && letters.allSatisfy(\.isUppercase)
        }.count
        if initials > 0, initials < words.count { return words.dropLast(initials).joined(separator: " ") }
        return last.hasSuffix(".") ? String(last.dropLast()) : last
    }
}
