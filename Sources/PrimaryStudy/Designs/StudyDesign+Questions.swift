import Statistics

/// The usual questions of a small study, each with the exchange that tests it.
extension StudyDesign {
    /// Is the mean of one sample 0? Also of paired changes (``PairedChange``). Covariates are centred; signs are flipped.
    public static func oneSample(count: Int, covariates: [StudyCovariate] = []) throws(StudyError) -> StudyDesign {
        try check(covariates, count)
        let extra = covariates.map(\.centred)
        return try StudyDesign(
            columns: ["mean"] + extra.map(\.name),
            matrix: Matrix(columns: [[Double](repeating: 1, count: count)] + extra.map(\.values)),
            contrasts: [StudyContrast(name: "mean", unit(0, of: 1 + extra.count))],
            exchange: ExchangeScheme(.signFlips))
    }

    /// Does the first group differ from the second? With covariates: with equal covariates. Of changes: group × time,
    /// the controlled change.
    ///
    /// - Parameters:
    ///   - isFirst: of every map, whether it is of the first group.
    ///   - unequalVariances: each group keeps its own variance, for the Welch statistic.
    public static func twoSample(
        isFirst: [Bool], covariates: [StudyCovariate] = [], unequalVariances: Bool = false
    ) throws(StudyError) -> StudyDesign {
        let first = isFirst.count { $0 }
        guard first > 0, first < isFirst.count else { throw .design("Only one group: nothing to compare.") }
        return try regression(
            on: StudyCovariate("group", isFirst.map { $0 ? 1 : 0 }), covariates: covariates,
            varianceGroups: unequalVariances ? isFirst.map { $0 ? 0 : 1 } : nil)
    }

    /// Does a score go with the maps? Change on clinical change, improvement from the baseline map, correlation over people.
    /// Orders are permuted.
    public static func regression(
        on score: StudyCovariate, covariates: [StudyCovariate] = [], varianceGroups: [Int]? = nil
    ) throws(StudyError) -> StudyDesign {
        try check(covariates, score.values.count)
        let extra = covariates.map(\.centred)
        return try StudyDesign(
            columns: ["mean", score.name] + extra.map(\.name),
            matrix: Matrix(
                columns: [[Double](repeating: 1, count: score.values.count), score.values] + extra.map(\.values)),
            contrasts: [StudyContrast(name: score.name, unit(1, of: 2 + extra.count))],
            exchange: ExchangeScheme(.permutations), varianceGroups: varianceGroups)
    }

    /// Do several groups differ at all (F)?
    public static func groups(_ labels: [String], covariates: [StudyCovariate] = []) throws(StudyError) -> StudyDesign {
        try check(covariates, labels.count)
        let names = Set(labels).sorted()
        guard names.count > 1 else { throw .design("Only one group: nothing to compare.") }
        let extra = covariates.map(\.centred)
        let dummies = names.dropFirst().map { name in labels.map { $0 == name ? 1.0 : 0 } }
        let total = names.count + extra.count
        return try StudyDesign(
            columns: ["mean"] + names.dropFirst() + extra.map(\.name),
            matrix: Matrix(columns: [[Double](repeating: 1, count: labels.count)] + dummies + extra.map(\.values)),
            contrasts: [StudyContrast(name: "groups", rows: (1..<names.count).map { unit($0, of: total) })],
            exchange: ExchangeScheme(.permutations))
    }

    /// Do sessions differ within people (F over all, then t of each later session against the first)? A column per person;
    /// sessions change places within people only.
    ///
    /// - Parameters:
    ///   - subjects, sessions: of every map; sessions are ordered as they first appear.
    public static func repeatedMeasures(subjects: [String], sessions: [String]) throws(StudyError) -> StudyDesign {
        guard subjects.count == sessions.count else {
            throw .design("\(subjects.count) subjects for \(sessions.count) sessions.")
        }
        func distinct(_ labels: [String]) -> [String] {
            var seen: Set<String> = []
            return labels.filter { seen.insert($0).inserted }
        }
        var pairs: Set<[String]> = []
        for (subject, session) in zip(subjects, sessions) where !pairs.insert([subject, session]).inserted {
            throw .design("Subject \(subject) has session \(session) twice.")
        }
        let people = distinct(subjects)
        let times = distinct(sessions)
        guard times.count > 1 else { throw .design("Only one session: nothing to compare.") }
        let later = Array(times.dropFirst())
        let total = people.count + later.count
        let own = people.map { name in subjects.map { $0 == name ? 1.0 : 0 } }
        let steps = later.map { name in sessions.map { $0 == name ? 1.0 : 0 } }
        let places = later.indices.map { unit(people.count + $0, of: total) }
        var contrasts = [StudyContrast(name: "sessions", rows: places)]
        if later.count > 1 {
            contrasts += zip(later, places).map { StudyContrast(name: "\($0) - \(times[0])", $1) }
        }
        return try StudyDesign(
            columns: people + later, matrix: Matrix(columns: own + steps), contrasts: contrasts,
            exchange: ExchangeScheme(
                .permutations, blocks: subjects.map { people.firstIndex(of: $0) ?? 0 }))
    }

    static func unit(_ place: Int, of count: Int) -> [Double] { (0..<count).map { $0 == place ? 1 : 0 } }

    private static func check(_ covariates: [StudyCovariate], _ count: Int) throws(StudyError) {
        for covariate in covariates where covariate.values.count != count {
            throw .design("\(covariate.name): \(covariate.values.count) values for \(count) maps.")
        }
    }
}
