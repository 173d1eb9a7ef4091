public import Evidence

/// Several hypotheses together: do all of them hold?
///
/// A conjunction is no better supported than its weakest part. The joint p is the largest of the parts', the
/// intersection–union test (Berger 1982, doi:10.1080/00401706.1982.10487790), which holds its level however the parts
/// depend on one another. The regions' estimates come from the same studies, so their Bayes factors are not multiplied; the
/// smallest is given. It says which part is weakest and is not a Bayes factor of the conjunction.
public struct JointRegions: Sendable {
    /// Names of the groups that are joined.
    public let groups: [String]
    /// At least one, in the order of the plan.
    public let parts: [RegionFinding]
    /// Regions of the groups that have no finding, such as those whose atlas is not installed.
    public let missing: [String]
    /// The part with the smallest Bayes factor.
    public let weakest: RegionFinding

    /// nil for no parts.
    public init?(groups: [String], parts: [RegionFinding], missing: [String] = []) {
        guard let weakest = parts.min(by: { $0.logOverNull() < $1.logOverNull() }) else { return nil }
        self.groups = groups
        self.parts = parts
        self.missing = missing
        self.weakest = weakest
    }

    /// Each group by itself, then all groups together where there are several.
    /// - Parameter asked: all regions of the plan; those without a finding leave their group incomplete.
    public static func all(_ findings: [RegionFinding], asked: [RegionHypothesis] = []) -> [JointRegions] {
        let found = Set(findings.map(\.region.name))
        let absent = asked.filter { !found.contains($0.name) && $0.group != nil }
        var groups: [String] = []
        for region in findings.map(\.region) + absent {
            if let group = region.group, !groups.contains(group) { groups.append(group) }
        }
        let single = groups.compactMap { group in
            JointRegions(
                groups: [group], parts: findings.filter { $0.region.group == group },
                missing: absent.filter { $0.group == group }.map(\.name))
        }
        guard groups.count > 1,
            let whole = JointRegions(
                groups: groups, parts: findings.filter { $0.region.group != nil }, missing: absent.map(\.name))
        else { return single }
        return single + [whole]
    }

    /// Of the intersection–union test of the parts; nothing about ``missing`` ones.
    public var pValue: Double { parts.map(\.pValue).max() ?? 1 }

    public enum Verdict: String, Hashable, Sendable {
        /// Every part has a Bayes factor above 3.
        case supported
        /// Some part has one below 1/3.
        case contradicted
        case inconclusive
        /// None has, but not every region has a finding.
        case incomplete
    }

    public var verdict: Verdict {
        if parts.contains(where: \.verdict.isAgainst) { return .contradicted }
        if !missing.isEmpty { return .incomplete }
        return parts.allSatisfy(\.verdict.isFor) ? .supported : .inconclusive
    }
}
