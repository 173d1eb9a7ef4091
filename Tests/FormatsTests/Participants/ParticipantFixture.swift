import Evidence
import Formats

/// Six people before and after, as text.
enum ParticipantFixture {
    static let text = """
        participant_id\tsession_id\timage\tgroup\tage\tsex\thamd
        s1\tpre\ta1.nii\ttherapy\t30\tF\t20
        s1\tpost\tb1.nii\ttherapy\t30\tF\t10
        s2\tpre\ta2.nii\ttherapy\t41\tM\t22
        s2\tpost\tb2.nii\ttherapy\t41\tM\t15
        s3\tpre\ta3.nii\ttherapy\t25\tF\t18
        s3\tpost\tb3.nii\ttherapy\t25\tF\t17
        s4\tpre\ta4.nii\twaitlist\t37\tM\t21
        s4\tpost\tb4.nii\twaitlist\t37\tM\t20
        s5\tpre\ta5.nii\twaitlist\t29\tM\t19
        s5\tpost\tb5.nii\twaitlist\t29\tM\t21
        s6\tpre\ta6.nii\twaitlist\t33\tF\t24
        s6\tpost\tb6.nii\twaitlist\t33\tF\t22

        """

    static func table(_ text: String = Self.text) throws(InputError) -> ParticipantTable {
        try ParticipantTable(path: "study/participants.tsv", bytes: Array(text.utf8))
    }

    /// The table with one text in place of another.
    static func table(_ old: String, _ new: String) throws(InputError) -> ParticipantTable {
        try table(text.replacing(old, with: new))
    }

    static func design(
        _ table: ParticipantTable, paired: String? = nil, groups: String? = nil, correlate: String? = nil,
        covariates: String? = nil, dropping: Bool = false
    ) throws(InputError) -> ParticipantDesign {
        try ParticipantDesign(
            StudyQuestion(paired: paired, groups: groups, correlate: correlate, covariates: covariates), table: table,
            dropsIncomplete: dropping)
    }

    /// The error that a piece of work ends with.
    static func error(_ work: () throws(InputError) -> some Any) -> InputError? {
        do throws(InputError) {
            _ = try work()
            return nil
        } catch {
            return error
        }
    }
}
