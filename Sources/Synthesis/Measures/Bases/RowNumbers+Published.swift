internal import Evidence
import Foundation
internal import Statistics

/// Effects as they were published, with some form of error.
extension RowNumbers {
    /// The measure of the effect that stands in the row with its error; nil when there is none.
    var publishedMeasure: OutcomeMeasure? {
        let stated = row.measure.flatMap { OutcomeMeasure(named: $0) }
        if has(.yi) {
            if hasError { return stated ?? .generic }
            // A Fisher's z needs only its number of people.
            return (stated == .fisherZ || stated == .partialFisherZ) && hasAny(.ni, .n1i) ? stated : nil
        }
        guard hasError else { return nil }
        if hasAny(.hedgesG, .cohensD) { return .standardizedMeanDifference }
        if has(.oddsRatio) { return .oddsRatio }
        return has(.riskRatio) ? .riskRatio : nil
    }

    private var hasError: Bool { hasAny(.vi, .sei) || has(.lower, .upper) }

    /// Whether the published effect can be given as `wanted`.
    func canPublish(_ wanted: OutcomeMeasure?) -> Bool {
        guard let measure = publishedMeasure else { return false }
        guard let wanted else { return true }
        return measure == wanted || measure == .generic || Self.conversion(measure, wanted) != nil
    }

    private enum Conversion { case oddsToDifference, differenceToOdds, toFisherZ, fromFisherZ }

    private static func conversion(_ from: OutcomeMeasure, _ to: OutcomeMeasure) -> Conversion? {
        switch (from, to) {
        case (.oddsRatio, .standardizedMeanDifference): .oddsToDifference
        case (.standardizedMeanDifference, .oddsRatio): .differenceToOdds
        case (.correlation, .fisherZ), (.partialCorrelation, .partialFisherZ): .toFisherZ
        case (.fisherZ, .correlation), (.partialFisherZ, .partialCorrelation): .fromFisherZ
        default: nil
        }
    }

    mutating func effectOfPublished(_ wanted: OutcomeMeasure?) throws(Refusal) -> MadeEffect {
        let measure = publishedMeasure ?? .generic
        var remarks: [Notice] = []
        var (value, words) = try published(measure, &remarks)
        let n1 = sizeBeside(.n1i) ?? sizeBeside(.ni)
        let n2 = sizeBeside(.n2i)
        if let wanted, wanted != measure, let conversion = Self.conversion(measure, wanted) {
            switch conversion {
            case .oddsToDifference:
                value = value.scaled(by: settings.oddsConversion.factor)
                words += ", \(settings.oddsConversion.words)"
            case .differenceToOdds:
                value = value.scaled(by: 1 / settings.oddsConversion.factor)
                words += ", \(settings.oddsConversion.inverseWords)"
            case .toFisherZ:
                guard abs(value.yi) < 1 else {
                    throw Refusal(
                        "correlation-outside", "a correlation of \(NumberText.text(value.yi)) has no Fisher's z.")
                }
                let slope = 1 / (1 - value.yi * value.yi)
                value = EffectValue(yi: atanh(value.yi), vi: value.vi * slope * slope)
                words += ", by artanh"
            case .fromFisherZ:
                let r = tanh(value.yi)
                let slope = 1 - r * r
                value = EffectValue(yi: r, vi: value.vi * slope * slope)
                words += ", by tanh"
            }
        }
        return MadeEffect(value: value, measure: wanted ?? measure, n1: n1, n2: n2, words: words, remarks: remarks)
    }

    /// A number of people that stands beside a published effect and does not enter it: told where it is one.
    private func sizeBeside(_ quantity: OutcomeQuantity) -> Double? {
        guard let n = row.values[quantity], n > 0, n == n.rounded(), n <= 1e9 else { return nil }
        return n
    }

    private mutating func published(_ measure: OutcomeMeasure, _ remarks: inout [Notice]) throws(Refusal) -> (
        EffectValue, String
    ) {
        let quantity = effectQuantity
        let told = try take(quantity)
        let isRatio = quantity == .oddsRatio || quantity == .riskRatio
        let yi = isRatio ? log(told) : told
        if has(.yi), measure == .fisherZ || measure == .partialFisherZ, !hasError {
            let n = try people([.ni, .n1i], least: 4)
            return (EffectValue(yi: yi, vi: 1 / (n - 3)), "Fisher's z and number of people")
        }
        if measure == .correlation || measure == .partialCorrelation || measure == .pointBiserial, abs(yi) > 1 {
            throw Refusal(
                "correlation-outside",
                "\(name(quantity)) is \(NumberText.text(yi)); a correlation is between -1 and 1.",
                remedy: "Look it up; a Fisher's z has the measure ZCOR.")
        }
        let (vi, words) = try variance(around: yi, isRatio: isRatio, &remarks)
        let value = EffectValue(yi: yi, vi: vi)
        let head = isRatio ? "published ratio" : "published effect"
        guard quantity == .cohensD, has(.n1i, .n2i) else { return (value, "\(head) and its \(words)") }
        let n1 = try people([.n1i])
        let n2 = try people([.n2i])
        try checkSizes(n1, n2)
        return (
            value.scaled(by: GroupEffects.correction(n1: n1, n2: n2)),
            "published Cohen's d and its \(words), corrected for small samples"
        )
    }

    private var effectQuantity: OutcomeQuantity {
        [.yi, .hedgesG, .cohensD, .oddsRatio, .riskRatio].first { row.values[$0] != nil } ?? .yi
    }

    private mutating func variance(
        around yi: Double, isRatio: Bool, _ remarks: inout [Notice]
    ) throws(Refusal) -> (Double, String) {
        // Beside a ratio an SE can be the ratio's or its logarithm's; the interval cannot be misread.
        if isRatio, hasAny(.vi, .sei), !errorIsOfLogarithm {
            guard has(.lower, .upper) else {
                let error: OutcomeQuantity = has(.vi) ? .vi : .sei
                throw Refusal(
                    "ratio-error-scale",
                    "\(name(error)) stands beside the ratio \(name(effectQuantity)): it can be the error of the ratio or of "
                        + "its logarithm.",
                    remedy:
                        "Give the interval of the ratio (ci.lb, ci.ub), or the logarithm in yi with its SE in sei and "
                        + "the measure OR or RR.")
            }
        } else if let vi = try takeIfTold(.vi) {
            if let se = row.values[.sei], abs(se * se - vi) > 0.1 * vi {
                remarks.append(
                    Notice(
                        .warning, code: "errors-disagree", at: row.source,
                        "\(name(.vi)) is \(NumberText.text(vi)), but \(name(.sei)) squared is "
                            + "\(NumberText.text(se * se)); the variance is taken.",
                        remedy: "Look both up; is one of the columns something else?"))
            }
            return (vi, "variance")
        } else if let se = try takeIfTold(.sei) {
            return (se * se, "SE")
        }
        let (low, high) = try interval(isRatio: isRatio)
        guard low < high, low <= yi, yi <= high else {
            throw Refusal(
                "interval-outside",
                "the interval from \(NumberText.text(try take(.lower))) to \(NumberText.text(try take(.upper))) does not "
                    + "hold the effect.", remedy: "Look the three numbers up; are the limits of a ratio its logarithms?"
            )
        }
        if !isRatio, publishedMeasure?.scale == .exponential, Self.isUnlogged(yi, low, high) {
            throw Refusal(
                "ratio-not-logged",
                "\(name(.yi)) is \(NumberText.text(yi)) from \(NumberText.text(low)) to \(NumberText.text(high)); yi is the "
                    + "logarithm of a ratio, and this looks like the ratio itself.",
                remedy: "Call the column or (odds ratios) or rr (risk ratios), or give logarithms.")
        }
        // Limits are printed with two digits as a rule: a tenth of the width is past all rounding.
        if abs(yi - (low + high) / 2) > 0.1 * (high - low) {
            remarks.append(
                Notice(
                    .warning, code: "interval-lopsided", at: row.source,
                    "the effect is not in the middle of its interval; the SE was made from the width.",
                    remedy:
                        "Is it a ratio (column or, rr), whose interval is symmetric in logarithms, or a correlation?"))
        }
        let se = (high - low) / (2 * Normal.quantile(0.975))
        return (se * se, "95 % interval (SE = width/3.92)")
    }

    /// Whether the column of the error says that it is of a logarithm, such as `se_logor`.
    private var errorIsOfLogarithm: Bool {
        let words = name(has(.vi) ? .vi : .sei).lowercased()
        return words.contains("log") || words.contains("ln")
    }

    /// Whether an effect that is said to be the logarithm of a ratio lies in its interval as a ratio would: in the middle of
    /// the limits' logarithms and not of the limits.
    private static func isUnlogged(_ yi: Double, _ low: Double, _ high: Double) -> Bool {
        guard low > 0, yi > low, high > yi else { return false }
        let plain = abs(yi - (low + high) / 2) / (high - low)
        let logarithmic = abs(log(yi) - log(low * high) / 2) / log(high / low)
        return plain > 0.04 && logarithmic < plain / 3
    }

    private mutating func interval(isRatio: Bool) throws(Refusal) -> (Double, Double) {
        let low = try take(.lower)
        let high = try take(.upper)
        guard isRatio else { return (low, high) }
        guard low > 0, high > 0 else {
            throw Refusal(
                "ratio-zero", "a limit of the interval of a ratio is not above 0.",
                remedy: "Give logarithms in yi, ci.lb and ci.ub with the measure OR or RR.")
        }
        return (log(low), log(high))
    }
}
