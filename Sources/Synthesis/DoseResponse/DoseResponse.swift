public import Statistics

/// How effects grow with the dose, from studies with several dose groups (Greenland & Longnecker 1992; Orsini et al. 2006;
/// one-stage: Crippa et al. 2019, doi:10.1177/0962280218773122).
public struct DoseResponse: Sendable {
    public enum Stages: Hashable, Sendable {
        /// Curves of studies first, then their coefficients pooled; studies with fewer dose groups than coefficients are
        /// left out.
        case two
        /// One mixed model of all contrasts, with random curves of studies; all studies have their say.
        case one
    }

    public let curve: DoseCurve
    public let stages: Stages
    /// Of the curve's columns: dose; dose and its square; or the spline's.
    public let model: MultilevelModel
    public let spline: RestrictedCubicSpline?
    /// Studies in the model, and those left out by two stages.
    public let studies: [String]
    public let leftOut: [String]
    /// Lowest and highest dose of the studies in the model.
    public let range: ClosedRange<Double>

    /// - Parameter structure: of the random curves; ``RandomEffect/Structure/diagonal`` where studies are few.
    public init(
        _ all: [DoseStudy], curve: DoseCurve = .linear, stages: Stages = .one,
        structure: RandomEffect.Structure = .unstructured, method: MultilevelModel.Method = .reml,
        test: MultilevelModel.Test = .wald
    ) throws(SynthesisError) {
        let doses = all.flatMap { [$0.reference] + $0.doses }
        var spline: RestrictedCubicSpline?
        if case .spline(let knots) = curve {
            do throws(ModelFormulaError) {
                spline = RestrictedCubicSpline(knots: try knots.positions(of: doses, column: "dose"))
            } catch { throw .unknown(what: "spline of the doses", name: error.description) }
        }
        let width = Self.columns(curve, spline, 1).count
        let used = stages == .two ? all.filter { $0.doses.count >= width } : all
        guard used.count > 1 else {
            throw .tooFew(what: "studies with enough dose groups", found: used.count, needed: 2)
        }
        func differences(_ study: DoseStudy) -> Matrix {
            let base = Self.columns(curve, spline, study.reference)
            return Matrix(rows: study.doses.map { zip(Self.columns(curve, spline, $0), base).map { $0 - $1 } })
        }

        var effects: [Double] = []
        var design: [[Double]] = []
        var groups: [Int] = []
        var blocks: [Matrix] = []
        for (index, study) in used.enumerated() {
            let x = differences(study)
            switch stages {
            case .one:
                effects += study.effects
                blocks.append(study.covariance)
                for row in 0..<x.rows { design.append(x.row(row)) }
                groups += study.doses.map { _ in index }
            case .two:
                guard let own = Self.generalizedLeastSquares(x, study) else {
                    throw .model(.tooFewStudies(studies: study.doses.count, coefficients: width))
                }
                effects += own.coefficients
                blocks.append(own.covariance)
                for j in 0..<width { design.append((0..<width).map { $0 == j ? 1 : 0 }) }
                groups += (0..<width).map { _ in index }
            }
        }
        var v = Matrix(rows: effects.count, columns: effects.count)
        var start = 0
        for block in blocks {
            for i in 0..<block.rows {
                for j in 0..<block.rows { v[start + i, start + j] = block[i, j] }
            }
            start += block.rows
        }
        let matrix = Matrix(rows: design)
        let random = RandomEffect(
            "study", groups: groups, columns: (0..<width).map { matrix.column($0) },
            columnNames: Self.names(curve, width), structure: structure)
        model = try MultilevelModel(
            effects: effects, sampling: SamplingCovariance(v), design: matrix, random: [random], method: method,
            test: test)
        self.curve = curve
        self.stages = stages
        self.spline = spline
        studies = used.map(\.name)
        leftOut = all.filter { study in !used.contains(study) }.map(\.name)
        let shown = used.flatMap { [$0.reference] + $0.doses }
        range = (shown.min() ?? 0)...(shown.max() ?? 0)
    }

    private static func columns(_ curve: DoseCurve, _ spline: RestrictedCubicSpline?, _ dose: Double) -> [Double] {
        switch curve {
        case .linear: [dose]
        case .quadratic: [dose, dose * dose]
        case .spline: spline?(dose) ?? [dose]
        }
    }

    private static func names(_ curve: DoseCurve, _ width: Int) -> [String] {
        switch curve {
        case .linear: ["dose"]
        case .quadratic: ["dose", "dose^2"]
        case .spline: (0..<width).map { "rcs(dose)" + String(repeating: "'", count: $0) }
        }
    }

    private static func generalizedLeastSquares(
        _ x: Matrix, _ study: DoseStudy
    ) -> (coefficients: [Double], covariance: Matrix)? {
        guard let factor = Cholesky(study.covariance) else { return nil }
        // L⁻¹X and L⁻¹y, then ordinary least squares.
        let basis = ColumnBasis(Matrix(columns: (0..<x.columns).map { factor.forward(x.column($0)) }))
        guard basis.rank == x.columns else { return nil }
        return (basis.solve(basis.project(factor.forward(study.effects))), basis.inverseGram)
    }

    /// Names of the coefficients.
    public var columnNames: [String] { Self.names(curve, model.coefficients.count) }

    /// The effect of a dose against another.
    ///
    /// - Returns: an estimate of 0 with no error where they are the same.
    public func effect(at dose: Double, against reference: Double) throws(SynthesisError) -> Estimate {
        guard dose != reference else { return Estimate(value: 0, standardError: 0) }
        let base = Self.columns(curve, spline, reference)
        return try model.contrast(zip(Self.columns(curve, spline, dose), base).map { $0 - $1 })
    }

    /// Is the relation anything but a straight line? nil for a line.
    public func nonlinearity() throws(SynthesisError) -> JointTest? {
        let width = model.coefficients.count
        guard width > 1 else { return nil }
        return try model.jointTest((1..<width).map { j in (0..<width).map { $0 == j ? 1 : 0 } })
    }
}
