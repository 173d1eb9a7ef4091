import Evidence
import Foundation
import Synthesis

/// What metafor and R answered, from Scripts/reference/escalc.R.
struct MeasureCases {
    struct Case: CustomStringConvertible, Sendable {
        let measure: OutcomeMeasure
        let source: String
        let settings: MeasurementSettings
        let numbers: [OutcomeQuantity: Double]
        let yi: Double
        let vi: Double

        var description: String {
            let list = numbers.map { "\($0.key.rawValue)=\($0.value)" }.sorted()
            return "\(source) \(list.joined(separator: " "))"
        }
    }

    struct Quantiles: Sendable {
        let summary: QuantileSummary
        let mean: Double
        let sd: Double
        let boxCoxMean: Double
        let boxCoxSD: Double
        let lambda: Double
    }

    struct Set: Sendable {
        let name: String
        let measure: OutcomeMeasure
        let csv: String
        let yi: [Double]
        let vi: [Double]
    }

    let cases: [Case]
    let quantiles: [Quantiles]
    let sets: [Set]
    let version: String

    static func read() throws -> MeasureCases {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Reference/escalc.json")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any] ?? [:]
        return MeasureCases(json)
    }

    private init(_ json: [String: Any]) {
        version = json["metafor"] as? String ?? ""
        func number(_ value: Any?) -> Double? { (value as? NSNumber)?.doubleValue }
        func numbers(_ value: Any?) -> [Double] { (value as? [Any] ?? []).compactMap(number) }
        cases = (json["cases"] as? [[String: Any]] ?? []).compactMap { entry in
            guard let name = entry["measure"] as? String, let measure = OutcomeMeasure(rawValue: name),
                let yi = number(entry["yi"]), let vi = number(entry["vi"])
            else { return nil }
            let odds = (entry["settings"] as? [String: Any])?["odds"] as? String
            var given: [OutcomeQuantity: Double] = [:]
            for (key, value) in entry["numbers"] as? [String: Any] ?? [:] {
                guard let quantity = OutcomeQuantity(rawValue: key) else { return nil }
                given[quantity] = number(value)
            }
            return Case(
                measure: measure, source: entry["source"] as? String ?? "",
                settings: MeasurementSettings(
                    measure: measure, oddsConversion: odds == "cox" ? .cox : .hasselbladHedges),
                numbers: given, yi: yi, vi: vi)
        }
        quantiles = (json["quantiles"] as? [[String: Any]] ?? []).map { entry in
            Quantiles(
                summary: QuantileSummary(
                    minimum: number(entry["min"]), lowerQuartile: number(entry["q1"]),
                    median: number(entry["median"]) ?? .nan, upperQuartile: number(entry["q3"]),
                    maximum: number(entry["max"]), n: number(entry["n"]) ?? .nan),
                mean: number(entry["mean"]) ?? .nan, sd: number(entry["sd"]) ?? .nan,
                boxCoxMean: number(entry["boxcox_mean"]) ?? .nan, boxCoxSD: number(entry["boxcox_sd"]) ?? .nan,
                lambda: number(entry["lambda"]) ?? .nan)
        }
        sets = (json["sets"] as? [[String: Any]] ?? []).compactMap { entry in
            guard let measure = OutcomeMeasure(rawValue: entry["measure"] as? String ?? "") else { return nil }
            return Set(
                name: entry["name"] as? String ?? "", measure: measure, csv: entry["csv"] as? String ?? "",
                yi: numbers(entry["yi"]), vi: numbers(entry["vi"]))
        }
    }
}

/// A row of given numbers.
func row(
    _ numbers: [OutcomeQuantity: Double], study: String = "A", outcome: String = "y", measure: String? = nil,
    line: Int = 2, cells: [String: Experiment.Covariate] = [:]
) -> OutcomeRow {
    OutcomeRow(
        study: study, outcome: outcome, measure: measure, values: numbers, cells: cells,
        source: SourceLocation(file: "table.tsv", line: line))
}

func measured(_ rows: [OutcomeRow], _ settings: MeasurementSettings = MeasurementSettings()) -> EffectMeasurement {
    EffectMeasurement(OutcomeTable(path: "table.tsv", rows: rows), settings: settings)
}
