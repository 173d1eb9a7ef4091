public import Evidence

/// A question put to a table: which images are taken from each other, and the columns they are regressed on.
///
/// A *unit* is what permutation moves: a person's image or difference of images; of more than two sessions every image by itself,
/// moved within the person only. `y = Xβ + e` with y the units' values at a voxel and X the ``columns``.
public struct ParticipantDesign: Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Mean of one image a person, against 0.
        case mean
        /// Mean of differences between two sessions.
        case paired
        /// Any difference among more than two sessions.
        case repeated
        /// One group's mean minus another's.
        case groups
        /// Any difference among the means of more than two groups.
        case severalGroups
        /// One group's mean change minus another's.
        case controlledChange
        /// Any difference among the mean changes of more than two groups.
        case severalChanges
        /// Images on a number; on several by F, as in the three that follow.
        case correlation
        /// Changes of images on a number that is constant in time.
        case changeOnValue
        /// Changes of images on changes of a score.
        case changeOnChange
        /// Images of the first session on the later change of a score.
        case prediction
    }

    /// A row of the table with its weight: a difference is row `post` · 1 + row `pre` · −1.
    public struct Term: Hashable, Sendable {
        /// Position in ``rows``.
        public var row: Int
        public var weight: Double
    }

    public struct Unit: Hashable, Sendable {
        public var subject: String
        /// nil without groups.
        public var group: String?
        public var terms: [Term]
        /// Positions in ``rows`` in the order of ``ParticipantDesign/sessions``; one where there are no sessions.
        public var trajectory: [Int]
        public var source: SourceLocation
    }

    public struct Column: Hashable, Sendable {
        public var name: String
        /// One per unit.
        public var values: [Double]
        public var isTested: Bool
    }

    /// What the null hypothesis lets us exchange.
    public enum Exchange: String, Hashable, Sendable {
        /// The sign of each person's value: errors symmetric about 0 and independent between people.
        case signs
        /// People: errors exchangeable between people.
        case people
        /// Sessions of the same person, never of different ones.
        case withinPeople
    }

    public var kind: Kind
    public var question: StudyQuestion
    /// The rows that are used.
    public var rows: [ParticipantTable.Row]
    public var units: [Unit]
    public var columns: [Column]
    public var exchange: Exchange
    /// Names of the sessions that are compared or shown; empty without.
    public var sessions: [String]
    /// The numbers that images are regressed on, as they were before centring, one per unit; empty without.
    public var predictors: [Column]
    /// People who were left out, and why; only where that was asked for.
    public var leftOut: [(subject: String, reason: String)]
    public var notices: [Notice]

    /// Positions of the tested columns.
    public var tested: [Int] { columns.indices.filter { columns[$0].isTested } }

    /// Number of people.
    public var people: Int { Set(units.map(\.subject)).count }

    /// Residual degrees of freedom.
    public var degreesOfFreedom: Int { units.count - columns.count }

    /// Sizes of the two groups, in the order of ``StudyQuestion/groups``; all people and 0 without.
    public var groupSizes: (first: Int, second: Int) {
        guard let groups = question.groups, groups.names.count == 2 else { return (people, 0) }
        let first = units.count { $0.group == groups.names[0] }
        return (first, units.count - first)
    }

    /// People of each group, in the order of ``StudyQuestion/groups``; empty without groups.
    public var sizesOfGroups: [(name: String, count: Int)] {
        (question.groups?.names ?? []).map { name in (name, units.count { $0.group == name }) }
    }

    /// The number that images are regressed on, where it is one.
    public var predictor: Column? { predictors.count == 1 ? predictors.first : nil }

    /// Whether F asks for any difference among more than two groups.
    public var hasSeveralGroups: Bool { kind == .severalGroups || kind == .severalChanges }

    /// How many of the arrangements give, two-sided, the statistic of the data whatever the values are: all signs turned round,
    /// groups of equal size exchanged, a symmetric score reversed, sessions named anew alike in all. With covariates none is looked
    /// for: this is reckoned for the table, before any image is read. The test counts those that it makes, of any design.
    public var alikeArrangements: Double {
        switch exchange {
        case .signs: return 2
        case .withinPeople: return (1...max(sessions.count, 1)).reduce(1.0) { $0 * Double($1) }
        case .people where hasSeveralGroups:
            guard columns.count == sizesOfGroups.count else { return 1 }
            let alike = Dictionary(grouping: sizesOfGroups.map(\.count)) { $0 }.values.map(\.count)
            return alike.reduce(1.0) { product, groups in (1...groups).reduce(product) { $0 * Double($1) } }
        case .people:
            guard columns.count == 2, let column = columns.last else { return 1 }
            let sorted = column.values.sorted()
            let sums = zip(sorted, sorted.reversed()).map { $0 + $1 }
            let spread = (sorted.last ?? 0) - (sorted.first ?? 0)
            return sums.allSatisfy { abs($0 - sums[0]) <= 1e-9 * spread } ? 2 : 1
        }
    }

    /// No two-sided p can be below this, however many arrangements are made.
    public var smallestP: Double { alikeArrangements / arrangements }

    /// How many different arrangements there are, the data as they are included; infinity beyond 10³⁰⁰.
    public var arrangements: Double {
        switch exchange {
        case .signs:
            return (0..<units.count).reduce(1) { product, _ in min(product * 2, .infinity) }
        case .people:
            // People whose numbers are alike change places without effect: n!/Π m!, whole after every step.
            var seen: [[Double]: Int] = [:]
            return units.indices.reduce(1) { product, unit in
                let copies = seen[columns.map { $0.values[unit] }, default: 0] + 1
                seen[columns.map { $0.values[unit] }] = copies
                return (product * Double(unit + 1) / Double(copies)).rounded()
            }
        case .withinPeople:
            let orders = (1...max(sessions.count, 1)).reduce(1.0) { $0 * Double($1) }
            return (0..<people).reduce(1) { product, _ in product * orders }
        }
    }
}
