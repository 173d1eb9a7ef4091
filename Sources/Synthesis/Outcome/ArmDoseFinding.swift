import Evidence
public import Statistics

/// How the effect grows with the dose within studies: a line, a parabola and a spline through a reference dose, each one
/// mixed model of all contrasts with random curves of studies (``DoseResponse``, one stage).
public struct ArmDoseFinding: Sendable {
    public struct Curve: Sendable {
        /// linear, quadratic, spline.
        public var name: String
        /// Effects against ``reference``.
        public var points: [LinePoint]
        public var coefficients: [(name: String, estimate: Estimate)]
        /// All coefficients: does the effect go with the dose?
        public var test: JointTest
        /// Those beyond the straight line; nil of the straight line.
        public var bend: JointTest?
        /// By maximum likelihood of the same contrasts: the smaller fits better.
        public var aic: Double
        /// Positions of the spline's knots; empty of others.
        public var knots: [Double]
    }

    /// A contrast as it was pooled.
    public struct Contrast: Hashable, Sendable {
        public var study: String
        public var dose: Double
        public var reference: Double
        public var value: Double
        public var variance: Double
    }

    public var column: String
    public var curves: [Curve]
    public var contrasts: [Contrast]
    public var studies: Int
    /// The dose that curves are shown against: the lowest.
    public var reference: Double
    /// Studies with one arm.
    public var alone: [String]
    /// Curves that could not be fitted, with the reason.
    public var missing: [(name: String, why: String)]

    /// nil where no curve can be fitted.
    init?(_ arms: DoseArms, column: String, settings: SynthesisSettings) {
        let doses = arms.studies.flatMap { [$0.reference] + $0.doses }
        guard let low = doses.min(), let high = doses.max(), low < high else { return nil }
        self.column = column
        reference = low
        studies = arms.studies.count
        alone = arms.alone
        contrasts = arms.studies.flatMap { study in
            study.doses.indices.map {
                Contrast(
                    study: study.name, dose: study.doses[$0], reference: study.reference, value: study.effects[$0],
                    variance: study.covariance[$0, $0])
            }
        }
        let method: MultilevelModel.Method = settings.estimator == .maximumLikelihood ? .maximumLikelihood : .reml
        let forms: [(String, DoseCurve)] = [
            ("linear", .linear), ("quadratic", .quadratic), ("spline", .spline(.harrell(3))),
        ]
        curves = []
        missing = []
        for (name, form) in forms {
            do throws(SynthesisError) {
                curves.append(
                    try Self.curve(name, form, arms.studies, method, range: (low, high), level: settings.level))
            } catch {
                missing.append((name, "\(error)"))
            }
        }
        guard !curves.isEmpty else { return nil }
    }

    private static func curve(
        _ name: String, _ form: DoseCurve, _ studies: [DoseStudy], _ method: MultilevelModel.Method,
        range: (low: Double, high: Double), level: Double
    ) throws(SynthesisError) -> Curve {
        let fit = try DoseResponse(studies, curve: form, method: method)
        let whole = try DoseResponse(studies, curve: form, method: .maximumLikelihood)
        let width = fit.model.coefficients.count
        var points: [LinePoint] = []
        for step in 0...48 {
            let at = range.low + (range.high - range.low) * Double(step) / 48
            let estimate = try fit.effect(at: at, against: range.low)
            points.append(
                LinePoint(
                    at: at, value: estimate.value,
                    interval: step == 0 ? Interval(lower: 0, upper: 0) : estimate.interval(level: level)))
        }
        return Curve(
            name: name, points: points,
            coefficients: (0..<width).map { (fit.columnNames[$0], fit.model.coefficient($0)) },
            test: try fit.model.jointTest((0..<width).map { j in (0..<width).map { $0 == j ? 1 : 0 } }),
            bend: try fit.nonlinearity(), aic: whole.model.aic, knots: fit.spline?.knots ?? [])
    }
}
