extension Experiment {
    /// Columns of the study table that say when a study was published, whatever their case.
    static let yearColumns = ["year", "publication_year", "pub_year", "year_of_publication"]

    /// The year in which it was published: of a column of the study table, else the only one that stands in the study's name,
    /// else in the experiment's (`Sakai2006_prepost`); nil where none says it, or several disagree.
    public var year: Int? {
        for column in Self.yearColumns {
            // Sorted: a table may have both `Year` and `year`, and a dictionary has no order.
            for name in covariates.keys.sorted() where name.lowercased() == column {
                switch covariates[name] ?? .missing {
                case .number(let number): if let year = Self.year(number) { return year }
                case .text(let text): if let year = Self.onlyYear(in: text) { return year }
                case .missing: break
                }
            }
        }
        return Self.onlyYear(in: study) ?? Self.onlyYear(in: id)
    }

    private static let plausible = 1950...2099

    private static func year(_ number: Double) -> Int? {
        guard let year = Int(exactly: number), plausible.contains(year) else { return nil }
        return year
    }

    /// Four digits that are not part of a longer number; nil for none, and for different ones.
    private static func onlyYear(in text: String) -> Int? {
        let numbers = text.split { !$0.isASCII || !$0.isNumber }
        let years = Set(numbers.filter { $0.count == 4 }.compactMap { Int($0) }.filter(plausible.contains))
        return years.count == 1 ? years.first : nil
    }
}
