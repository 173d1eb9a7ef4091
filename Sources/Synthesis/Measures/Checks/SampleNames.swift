internal import Evidence
import Foundation

/// One sample or study under two spellings.
enum SampleNames {
    static func notices(_ rows: [OutcomeRow]) -> [Notice] {
        var spellings: [String: OutcomeRow] = [:]
        var told: Set<String> = []
        return rows.compactMap { row -> Notice? in
            let key = plain(row.sample)
            guard !key.isEmpty else { return nil }
            guard let first = spellings[key] else {
                spellings[key] = row
                return nil
            }
            guard first.sample != row.sample, told.insert(row.sample).inserted else { return nil }
            return Notice(
                .warning, code: "sample-spelled-twice", at: row.source,
                "\"\(row.sample)\" and \"\(first.sample)\" (line \(first.source.line ?? 0)) differ only in spelling; they are "
                    + "taken for two samples.", remedy: "Give both rows the same name if they are one.")
        }
    }

    /// Letters and digits, without case and accents.
    private static func plain(_ name: String) -> String {
        let scalars = name.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars
        return String(
            String.UnicodeScalarView(scalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }))
    }
}
