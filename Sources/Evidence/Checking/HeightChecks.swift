import Statistics

/// Statistics of peaks that cannot be right, and peaks without a sign.
enum HeightChecks {
    static let implausibleT = 50.0
    static let implausibleG = 4.0

    static func notices(_ experiment: Experiment) -> [Notice] {
        experiment.peaks.compactMap { implausible($0, in: experiment) }
    }

    private static func implausible(_ peak: Peak, in experiment: Experiment) -> Notice? {
        guard case .t(let t) = peak.height else { return nil }
        if abs(t) > implausibleT {
            return Notice(
                .warning, code: "t-implausible", at: peak.source,
                "t = \(NumberText.text(t.rounded(digits: 2))) at \(peak.coordinate.inWords) is implausibly large.",
                remedy: "Check for a missing decimal point, an F, or a cluster size in place of t.")
        }
        guard experiment.degreesOfFreedom > 1 else { return nil }
        let g = EffectScale(n1: experiment.n1, n2: experiment.n2).g(fromT: t)
        guard abs(g) > implausibleG else { return nil }
        return Notice(
            .warning, code: "effect-implausible", at: peak.source,
            "t = \(NumberText.text(t.rounded(digits: 2))) with n = \(experiment.n) is an effect of "
                + "g = \(NumberText.text(g.rounded(digits: 1))), implausibly large.",
            remedy: "Check t and n.")
    }

    /// One error for all peaks without sign and statistic.
    static func unknownSigns(_ experiments: [Experiment]) -> [Notice] {
        let peaks = experiments.flatMap(\.peaks).filter { $0.height == .unknown }
        guard let first = peaks.first else { return [] }
        return [
            Notice(
                .error, code: "sign-unknown", at: first.source,
                "\(peaks.count) peak\(peaks.count == 1 ? " has" : "s have") neither sign nor statistic; "
                    + "signed analyses cannot use them.",
                remedy: "Say --sign positive or --sign negative when all peaks go one way, or write the signs in a "
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
