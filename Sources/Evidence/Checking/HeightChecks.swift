import Statistics

/// Statistics of peaks that cannot be right, and peaks without a sign.
enum HeightChecks {
    static let implausibleT = 50.0
    /// From here on a number is no statistic: squares of it would leave single precision's range in what is computed.
    static let impossibleT = 1e9
    static let implausibleG = 4.0
    static let implausibleR = 0.95

    /// At most one notice of each kind for an experiment, at its worst peak.
    static func notices(_ experiment: Experiment) -> [Notice] {
        var heights: [(peak: Peak, t: Double)] = []
        for peak in experiment.peaks {
            if case .t(let t) = peak.height { heights.append((peak, t)) }
        }
        let tiny = tiny(heights, of: experiment)
        guard let worst = heights.max(by: { abs($0.t) < abs($1.t) }) else { return tiny }
        let t = NumberText.text(worst.t.rounded(digits: 2))
        if !(abs(worst.t) < impossibleT) {
            return tiny + [
                Notice(
                    .error, code: "t-impossible", at: worst.peak.source,
                    "t = \(NumberText.text(worst.t)) at \(worst.peak.coordinate.inWords) is no statistic.",
                    remedy: "Correct it, or write p or n where only the sign is known.")
            ]
        }
        if abs(worst.t) > implausibleT {
            let others = others(heights.count { abs($0.t) > implausibleT }, of: experiment)
            return tiny + [
                Notice(
                    .warning, code: "t-implausible", at: worst.peak.source,
                    "t = \(t) at \(worst.peak.coordinate.inWords) is implausibly large\(others).",
                    remedy: "Check for a missing decimal point, an F, or a cluster size in place of t.")
            ]
        }
        guard experiment.degreesOfFreedom > 1 else { return tiny }
        let effect = effect(of: experiment)
        guard abs(effect.size(worst.t)) > effect.limit else { return tiny }
        let others = others(heights.count { abs(effect.size($0.t)) > effect.limit }, of: experiment)
        let size = NumberText.text(effect.size(worst.t).rounded(digits: effect.digits))
        return tiny + [
            Notice(
                .warning, code: "effect-implausible", at: worst.peak.source,
                "t = \(t) with n = \(experiment.n) is \(effect.words) = \(size), implausibly large\(others).",
                remedy: "Check t and n.")
        ]
    }

    /// Peaks whose |t| is that of a p value, or of a cell filled for want of a number.
    private static func tiny(_ heights: [(peak: Peak, t: Double)], of experiment: Experiment) -> [Notice] {
        let small = heights.filter { abs($0.t) <= Experiment.implausiblePeak && $0.peak.reported == nil }
        guard let first = small.first else { return [] }
        return [
            Notice(
                .warning, code: "t-tiny", at: first.peak.source,
                "t = \(NumberText.text(first.t)) at \(first.peak.coordinate.inWords) is no statistic of a reported peak"
                    + "\(others(small.count, of: experiment)).",
                remedy:
                    "Is it a p value, or does it fill an empty cell? Write p or n where only the sign is known. No threshold "
                    + "is taken from it.")
        ]
    }

    /// How a t of the experiment becomes an effect, and from where on that is not to be believed.
    private static func effect(
        of experiment: Experiment
    ) -> (words: String, limit: Double, digits: Int, size: (Double) -> Double) {
        switch experiment.measure {
        case .change:
            let scale = EffectScale(n1: experiment.n1, n2: experiment.n2)
            return ("an effect of g", implausibleG, 1, { scale.g(fromT: $0) })
        case .correlation:
            let df = Double(experiment.degreesOfFreedom)
            return ("a correlation of r", implausibleR, 3, { $0 / ($0 * $0 + df).squareRoot() })
        }
    }

    private static func others(_ count: Int, of experiment: Experiment) -> String {
        count > 1 ? ", as \(count - 1) more of experiment \"\(experiment.id)\"" : ""
    }

    /// One note for each statistic that was turned into t.
    static func conversions(_ experiments: [Experiment]) -> [Notice] {
        let peaks = experiments.flatMap(\.peaks).filter { peak in
            if case .t = peak.height { peak.reported != nil } else { false }
        }
        return Peak.Reported.Statistic.allCases.compactMap { statistic in
            let given = peaks.filter { $0.reported?.statistic == statistic }
            guard let first = given.first else { return nil }
            let name = statistic == .p ? "one-tailed p" : statistic.rawValue
            return Notice(
                .note, code: "converted-to-t", at: first.source,
                "\(given.count) peak\(given.count == 1 ? "" : "s") given as \(name) \(given.count == 1 ? "was" : "were") "
                    + "converted to t.")
        }
    }

    /// One error for all peaks without sign and statistic; a note where no method needs signs.
    static func unknownSigns(_ experiments: [Experiment], needed: Bool) -> [Notice] {
        let peaks = experiments.flatMap(\.peaks).filter { $0.height == .unknown }
        guard let first = peaks.first else { return [] }
        let knowsSome = experiments.contains { $0.peaks.contains { $0.height != .unknown } }
        guard needed else {
            return [
                Notice(
                    .note, code: "sign-unknown", at: first.source,
                    "\(peaks.count) peak\(peaks.count == 1 ? " has" : "s have") neither sign nor statistic: "
                        + "they say where, not which way.")
            ]
        }
        return [
            Notice(
                .error, code: "sign-unknown", at: first.source,
                "\(peaks.count) peak\(peaks.count == 1 ? " has" : "s have") neither sign nor statistic; "
                    + "signed analyses cannot use them.",
                remedy:
                    "Use a method that needs no signs (--method ale), say --sign positive or --sign negative when all \(knowsSome ? "the other " : "")peaks go one way, or write the signs in a "
                    + "native or SDM project.")
        ]
    }
}

extension Double {
    func rounded(digits: Int) -> Double {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let value = (self * scale).rounded() / scale
        return value.isFinite ? value : self
    }
}
