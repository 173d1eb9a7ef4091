import Foundation

/// Which columns of a table hold the risk of bias, and what their cells say.
///
/// RoB 2: `D1` to `D5` and `overall`; ROBINS-I: `D1` to `D7`; as the robvis package has them, also with `rob`, `rob2`, `robins` or
/// `robinsi` before them, and by the domains' names. Newcastle–Ottawa: `nos_selection`, `nos_comparability`,
/// `nos_outcome` or `nos_exposure`, and `nos` or `nos_total`; or `selection`, `comparability` and `exposure`.
public struct RiskOfBiasColumns: Hashable, Sendable {
    public let instrument: RiskOfBias.Instrument
    /// Number of the column of each domain.
    public let domains: [Int?]
    public let overall: Int?
    private let names: [String]

    /// - Parameter header: names of all columns.
    /// - Returns: nil where none is of risk of bias: at least half of the domains, or an overall judgement that names its instrument.
    public init?(header: [String]) {
        let plain = header.map(Self.plain)
        func column(_ names: [String]) -> Int? { plain.firstIndex { names.contains($0) } }
        names = header

        let stars = [["nosselection"], ["noscomparability"], ["nosoutcome", "nosexposure", "nosoutcomeexposure"]].map(
            column)
        let total = column(["nos", "nostotal", "nosscore", "nosstars", "newcastleottawa", "newcastleottawascale"])
        if stars.contains(where: { $0 != nil }) || total != nil {
            (instrument, domains, overall) = (.newcastleOttawa, stars, total)
            return
        }
        // Without `nos` the third domain's name is also that of a table's outcomes, so it must be `exposure`.
        if let selection = column(["selection"]), let comparability = column(["comparability"]) {
            (instrument, domains, overall) = (
                .newcastleOttawa, [selection, comparability, column(["exposure"])], nil
            )
            return
        }

        let prefixes = ["", "rob", "rob2", "robins", "robinsi"]
        func numbered(_ n: Int) -> Int? { column(prefixes.map { $0 + "d\(n)" } + ["domain\(n)", "robdomain\(n)"]) }
        func named(_ instrument: RiskOfBias.Instrument) -> [Int?] {
            instrument.domains.enumerated().map { n, name in
                let short = Self.plain(name)
                return numbered(n + 1)
                    ?? column(prefixes.map { $0 + short } + [Self.plain(name.replacingOccurrences(of: "s", with: "z"))])
                    ?? (name == "randomisation process"
                        ? column(prefixes.flatMap { [$0 + "randomizationprocess", $0 + "randomization"] }) : nil)
            }
        }
        // ROBINS-I by its name, by its seven domains, or by the two that no other tool has.
        let isRobins =
            plain.contains { $0.hasPrefix("robins") } || (numbered(6) != nil && numbered(7) != nil)
            || column(prefixes.flatMap { [$0 + "confounding", $0 + "classificationofinterventions"] }) != nil
        let found = named(isRobins ? .robinsI : .rob2)
        let judged = column(
            ["overall", "overallrisk", "overallriskofbias", "overallbias", "rob", "riskofbias"]
                + prefixes.dropFirst().flatMap { [$0 + "overall", $0 + "total"] } + ["rob2", "robinsi"])
        guard found.compactMap({ $0 }).count * 2 >= found.count || judged.map({ plain[$0] != "overall" }) ?? false
        else {
            return nil
        }
        instrument = isRobins ? .robinsI : .rob2
        domains = found
        overall = judged
    }

    /// What a row says; nil where all its cells of risk are empty.
    ///
    /// - Parameter cells: of all columns.
    public func read(_ cells: [String]) throws(RiskOfBiasError) -> RiskOfBias? {
        func cell(_ column: Int?) -> (text: String, name: String)? {
            guard let column, cells.indices.contains(column) else { return nil }
            let text = cells[column].trimmingCharacters(in: .whitespaces)
            return text.isEmpty || ["na", "n/a"].contains(text.lowercased()) ? nil : (text, names[column])
        }
        if instrument == .newcastleOttawa {
            var stars: [Int?] = []
            for (n, column) in domains.enumerated() {
                guard let found = cell(column) else {
                    stars.append(nil)
                    continue
                }
                stars.append(try Self.stars(found.text, most: RiskOfBias.Instrument.mostStars[n], column: found.name))
            }
            var total: Int?
            if let found = cell(overall) { total = try Self.stars(found.text, most: 9, column: found.name) }
            if total == nil, stars.allSatisfy({ $0 == nil }) { return nil }
            let sum = stars.compactMap { $0 }.reduce(0, +)
            if let total, !stars.contains(nil), sum != total {
                throw .totalDiffers(stated: total, sum: sum)
            }
            return RiskOfBias(stars: stars, total: total)
        }
        var judged: [RiskJudgement?] = []
        for column in domains {
            guard let found = cell(column) else {
                judged.append(nil)
                continue
            }
            judged.append(try judgement(found.text, column: found.name))
        }
        var stated: RiskJudgement?
        if let found = cell(overall) { stated = try judgement(found.text, column: found.name) }
        if stated == nil, judged.allSatisfy({ $0 == nil }) { return nil }
        return RiskOfBias(instrument: instrument, domains: judged, overall: stated)
    }

    /// Signs are not taken: "−" is *high* in one tool's pictures and *some concerns* in another's, and "?" as well.
    private func judgement(_ text: String, column: String) throws(RiskOfBiasError) -> RiskJudgement {
        var plain = Self.plain(text)
        for ending in ["riskofbias", "risk", "bias"] where plain.hasSuffix(ending) {
            plain.removeLast(ending.count)
            break
        }
        let words: [RiskJudgement: [String]] = [
            .low: ["low", "l"], .someConcerns: ["someconcerns", "some", "someconcern", "sc"],
            .moderate: ["moderate", "m"],
            .high: ["high", "h"], .serious: ["serious", "s"], .critical: ["critical", "c"],
            .noInformation: ["noinformation", "noinfo", "ni"],
        ]
        for judgement in instrument.judgements where words[judgement]?.contains(plain) ?? false { return judgement }
        throw .badJudgement(column: column, found: text, expected: instrument.judgements.map(\.rawValue))
    }

    /// A whole number, or that many stars.
    private static func stars(_ text: String, most: Int, column: String) throws(RiskOfBiasError) -> Int {
        let isStars = text.allSatisfy { $0 == "*" || $0 == "★" || $0 == "☆" }
        let count = isStars ? text.count { $0 != "☆" } : Int(text)
        guard let count, (0...most).contains(count) else { throw .badStars(column: column, found: text, most: most) }
        return count
    }

    /// Small letters and digits only.
    private static func plain(_ text: String) -> String {
        String(
            text.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil })
    }
}
