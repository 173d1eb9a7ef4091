/// Which columns of a table of participants have a meaning of their own.
///
/// BIDS calls them `participant_id` and `session_id`; other names in use are taken as well. All other columns are covariates.
public struct ParticipantColumns: Hashable, Sendable {
    /// nil looks for the usual names.
    public var subject: String?
    public var session: String?
    public var image: String?

    public init(subject: String? = nil, session: String? = nil, image: String? = nil) {
        self.subject = subject
        self.session = session
        self.image = image
    }

    /// In the order in which they are looked for.
    static let subjectNames = ["participant_id", "participant", "subject", "subject_id", "sub", "subj", "id"]
    static let sessionNames = ["session_id", "session", "ses", "visit", "timepoint", "time"]
    static let imageNames = ["image", "path", "map", "file", "filename", "contrast_map", "scans", "nifti"]
}
