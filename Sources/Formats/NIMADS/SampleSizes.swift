import Evidence

/// The number of participants in the metadata of an analysis, else of its study.
///
/// NIMADS knows `sample_sizes` (a list, one number per group) and `sample_size`; files in the wild write either as the
/// other, as text, or with capitals. Two numbers are two groups; more are added up.
struct SampleSizes {
    var n1 = 0
    var n2 = 0
    var notices: [Notice] = []

    init(_ metadata: [JSONObject], of name: String, at source: SourceLocation) {
        for object in metadata {
            for key in ["sample_sizes", "sample_size"] {
                guard let value = object.entries.last(where: { $0.key.lowercased() == key && !$0.value.isEmpty })?.value
                else { continue }
                let items = value.list ?? [value]
                var sizes: [Int] = []
                for item in items where !item.isEmpty { sizes.append(size(item, of: name, at: source) ?? 0) }
                guard !sizes.isEmpty, sizes.allSatisfy({ $0 > 0 }) else { continue }
                n1 = sizes[0]
                if sizes.count == 2 {
                    n2 = sizes[1]
                } else if sizes.count > 2 {
                    n1 = sizes.reduce(0, +)
                    notices.append(
                        Notice(
                            .warning, code: "n-several", at: source,
                            "\(name) has \(sizes.count) sample sizes; their sum, \(n1), is taken for one group.",
                            remedy: "Give the size of the group, or of the two groups, that the contrast is about."))
                }
                return
            }
        }
    }

    private mutating func size(_ value: JSONValue, of name: String, at source: SourceLocation) -> Int? {
        var isUnsure = false
        // A text such as 12.345 may be twelve thousand; a number in JSON has one reading.
        if case .text(let text) = value { isUnsure = WrittenNumber.thousands(withPoint: text) != nil }
        guard let number = value.double, number >= 0, number < 1e7, !isUnsure else {
            notices.append(
                Notice(
                    .warning, code: "n-unreadable", at: source,
                    "the sample size of \(name) is not a number of people.",
                    remedy: "Write a whole number, or a list with one per group."))
            return nil
        }
        if number != number.rounded() { notices.append(.roundedDown(number, of: name, at: source)) }
        return Int(number)
    }

    static let keys: Set<String> = ["sample_sizes", "sample_size"]
}

extension Notice {
    /// Averages over groups or contrasts have been written for numbers of participants. The smaller whole number claims
    /// less: a wider kernel, a larger variance.
    static func roundedDown(_ n: Double, of name: String, at source: SourceLocation) -> Notice {
        Notice(
            .warning, code: "n-not-whole", at: source,
            "\(name) has \(NumberText.text(n)) participants; \(NumberText.text(n.rounded(.down))) is taken.",
            remedy: "Write the whole number from the paper.")
    }
}
