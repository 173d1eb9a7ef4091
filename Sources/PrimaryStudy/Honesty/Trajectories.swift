/// Each person's values over the sessions at one place: who changed, and who did not.
public struct Trajectories: Hashable, Sendable {
    public struct Person: Hashable, Sendable {
        public let subject: String
        /// One per session; NaN where missing.
        public let values: [Double]

        /// Last less first; of one session (a change already taken) the value itself. NaN where missing.
        public var change: Double {
            guard let first = values.first, let last = values.last else { return .nan }
            return values.count == 1 ? first : last - first
        }
    }

    public let sessions: [String]
    public let people: [Person]

    /// - Parameter values: [people][sessions].
    public init(sessions: [String], subjects: [String], values: [[Double]]) throws(StudyError) {
        guard subjects.count == values.count, !sessions.isEmpty,
            values.allSatisfy({ $0.count == sessions.count })
        else { throw .data("Every subject needs \(sessions.count) values, one per session.") }
        self.sessions = sessions
        people = zip(subjects, values).map { Person(subject: $0, values: $1) }
    }

    /// Means of images over voxels, one set of images per session, of the same subjects in the same order.
    public static func means(
        over voxels: [Int32], sessions: [(name: String, images: StudyImages)]
    ) throws(StudyError) -> Trajectories {
        guard let first = sessions.first, sessions.allSatisfy({ $0.images.subjects == first.images.subjects }) else {
            throw .data("Sessions are of different subjects, or in another order.")
        }
        var columns: [[Double]] = []
        for session in sessions {
            let means = try RegionValues.means(of: session.images, regions: [("place", voxels)])
            columns.append(means.rows.map { Double($0[0]) })
        }
        return try Trajectories(
            sessions: sessions.map(\.name), subjects: first.images.subjects,
            values: first.images.subjects.indices.map { person in columns.map { $0[person] } })
    }

    /// Changes that are there.
    public var changes: [Double] { people.map(\.change).filter { !$0.isNaN } }

    public var meanChange: Double { changes.isEmpty ? .nan : changes.reduce(0, +) / Double(changes.count) }

    /// How many people changed in the direction of the mean, and of how many. No change is not in its direction.
    public var inDirectionOfMean: (count: Int, of: Int) {
        let mean = meanChange
        return (changes.count { $0 * mean > 0 }, changes.count)
    }
}
