public import Inference

/// What some rearrangements gave: one part of a test.
public struct StudyTally: Hashable, Sendable {
    /// The rearrangements' numbers.
    public let range: Range<Int>
    /// The largest statistics, one row per rearrangement.
    public let maxima: [NullDistribution.Maxima]
    /// How many rearrangements were at least as high (as low) as the data at each voxel; empty where not counted.
    public let notBelow: [Int32]
    public let notAbove: [Int32]
    /// The same of the size, whatever the sign.
    public let notInside: [Int32]

    public init(
        range: Range<Int>, maxima: [NullDistribution.Maxima], notBelow: [Int32] = [], notAbove: [Int32] = [],
        notInside: [Int32] = []
    ) {
        self.range = range
        self.maxima = maxima
        self.notBelow = notBelow
        self.notAbove = notAbove
        self.notInside = notInside
    }

    /// Of some of the rearrangements; what was counted is of all.
    public func clamped(to limits: Range<Int>) -> StudyTally {
        let kept = range.clamped(to: limits)
        let first = max(0, kept.lowerBound - range.lowerBound)
        return StudyTally(
            range: kept, maxima: Array(maxima.dropFirst(first).prefix(kept.count)), notBelow: notBelow,
            notAbove: notAbove, notInside: notInside)
    }

    /// The same with counts of another tally of these rearrangements.
    public func counted(by other: StudyTally?) -> StudyTally {
        StudyTally(
            range: range, maxima: maxima, notBelow: other?.notBelow ?? [], notAbove: other?.notAbove ?? [],
            notInside: other?.notInside ?? [])
    }

    /// Parts put together; nil unless they follow each other without gap, in any order, and count alike.
    public static func merging(_ parts: [StudyTally]) -> StudyTally? {
        let sorted = parts.sorted { $0.range.lowerBound < $1.range.lowerBound }
        guard var all = sorted.first else { return nil }
        for part in sorted.dropFirst() {
            guard part.range.lowerBound == all.range.upperBound, part.notBelow.count == all.notBelow.count else {
                return nil
            }
            all = StudyTally(
                range: all.range.lowerBound..<part.range.upperBound, maxima: all.maxima + part.maxima,
                notBelow: zip(all.notBelow, part.notBelow).map { $0 + $1 },
                notAbove: zip(all.notAbove, part.notAbove).map { $0 + $1 },
                notInside: zip(all.notInside, part.notInside).map { $0 + $1 })
        }
        return all
    }
}
