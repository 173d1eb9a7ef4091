public import Evidence
import Statistics

extension SynthesisSettings {
    /// The options of a plan, or of the command line, as settings.
    ///
    /// - Throws: ``InputError`` naming the option, what was found and what may stand there.
    public init(_ plan: OutcomePlan) throws(InputError) {
        self.init()
        for option in plan.options { try apply(option) }
    }

    private mutating func apply(_ option: OutcomePlan.Option) throws(InputError) {
        switch option.key {
        case "estimator": estimator = try Self.choice(option, HeterogeneityEstimator.allCases) { $0.rawValue }
        case "test": test = try Self.choice(option, MetaRegression.Test.allCases) { $0.rawValue }
        case "dependence": dependence = try Self.choice(option, Dependence.allCases) { $0.rawValue }
        case "correlation": correlation = try Self.number(option, "from 0 to below 1") { $0 >= 0 && $0 < 1 }
        case "crossed": crossed = try Self.one(option)
        case "by": subgroup = try Self.one(option)
        case "dose": dose = try Self.one(option)
        case "arms":
            if let isOn = option.isOn {
                hasArms = isOn
            } else {
                hasArms = try Self.choice(option, [true, false]) { $0 ? "yes" : "no" }
            }
        case "reference": reference = try Self.one(option)
        case "compare":
            // `arm1,arm2` as on the command line, or a list.
            let alone = option.values.count == 1
            let columns =
                alone ? option.values[0].split(separator: ",").map { String($0).trimmingBlanks } : option.values
            guard columns.count == 2, columns.allSatisfy({ !$0.isEmpty }) else {
                throw InputError(
                    at: option.source, "compare should be two columns; \(columns.count) were given.",
                    remedy: "Name the columns of the treatment of the first and of the second group: [arm1, arm2].")
            }
            comparedColumns = columns
        case "moderators": moderators += option.values.filter { !$0.isEmpty }
        case "smallest": smallestEffect = try Self.number(option, "a number other than 0") { $0 != 0 }
        case "prior-deviation": priorDeviation = try Self.number(option, "above 0") { $0 > 0 }
        case "scale-sd": scaleDeviation = try Self.number(option, "above 0") { $0 > 0 && $0.isFinite }
        case "control-rate": controlRate = try Self.number(option, "between 0 and 1") { $0 > 0 && $0 < 1 }
        case "prior-tau":
            // A list of the plan, log-normal(-1.2, 0.8), has a comma within.
            let text = option.values.joined(separator: ",")
            guard let prior = HeterogeneityPrior(option: text) else {
                throw InputError(
                    at: option.source,
                    "prior-tau is \"\(text)\"; expected the scale of a half-normal above 0, or another form with its numbers.",
                    remedy: "Write 0.5, half-cauchy(0.5), uniform(2), or log-normal(-1.2,0.8) with mean and SD of ln τ."
                )
            }
            priorTau = prior
        case "interval": interval = try Self.choice(option, IntervalForm.allCases) { $0.rawValue }
        case "prediction": prediction = try Self.choice(option, PooledEffect.PredictionForm.allCases) { $0.option }
        case "level": level = try Self.number(option, "between 0.5 and 1") { $0 > 0.5 && $0 < 1 }
        case "permute":
            let count = try Self.number(option, "a whole number from 2 to 1000000") {
                (2...1_000_000).contains($0) && $0 == $0.rounded()
            }
            permutations = Int(exactly: count)
        case "pre-post-r":
            prePostCorrelations = []
            for value in option.values {
                let one = OutcomePlan.Option(key: option.key, values: [value], source: option.source)
                prePostCorrelations.append(try Self.number(one, "between −1 and 1") { $0 > -1 && $0 < 1 })
            }
        default: break
        }
    }

    private static func one(_ option: OutcomePlan.Option) throws(InputError) -> String {
        guard option.values.count == 1, let value = option.values.first, !value.isEmpty else {
            throw InputError(at: option.source, "\(option.key) should be one word; \(option.values.count) were given.")
        }
        return value
    }

    fileprivate static func choice<Value>(
        _ option: OutcomePlan.Option, _ all: [Value], _ name: (Value) -> String
    ) throws(InputError) -> Value {
        let text = try one(option)
        let key = text.lowercased()
        if let value = all.first(where: { name($0).lowercased() == key }) { return value }
        let known = all.map(name)
        throw InputError(
            at: option.source, "\(option.key) is \"\(text)\"; one of \(known.joined(separator: ", ")) was expected.",
            remedy: Nearest.match(text, among: known).map { "Did you mean \"\($0)\"?" })
    }

    private static func number(
        _ option: OutcomePlan.Option, _ allowed: String, _ isRight: (Double) -> Bool
    ) throws(InputError) -> Double {
        let text = try one(option)
        guard let value = NumberText.parse(text), isRight(value) else {
            throw InputError(at: option.source, "\(option.key) is \"\(text)\"; expected \(allowed).")
        }
        return value
    }
}

extension MeasurementSettings {
    /// What a plan, or the command line, says of how effects are made.
    public init(_ plan: OutcomePlan, _ settings: SynthesisSettings) throws(InputError) {
        // The usual 0.5 where it is one of those that were stated, else the middle one.
        let stated = settings.prePostCorrelations.sorted()
        let middle = stated.contains(0.5) || stated.isEmpty ? 0.5 : stated[(stated.count - 1) / 2]
        self.init(correlation: middle, correlations: settings.prePostCorrelations)
        for option in plan.options {
            switch option.key {
            case "quantiles": quantiles = try SynthesisSettings.choice(option, QuantileMethod.allCases) { $0.rawValue }
            case "odds-to-d":
                oddsConversion = try SynthesisSettings.choice(option, OddsConversion.allCases) { $0.rawValue }
            default: break
            }
        }
        guard let text = plan.values("measure").first else { return }
        guard let known = OutcomeMeasure(named: text) else {
            let names = OutcomeMeasure.allCases.map(\.rawValue)
            throw InputError(
                at: plan.options.first { $0.key == "measure" }?.source,
                "measure is \"\(text)\", which is not known.",
                remedy: Nearest.suggestion(text, among: names, called: "measures"))
        }
        measure = known
    }
}
