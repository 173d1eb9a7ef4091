/// Change from a first to a second measurement, subject by subject.
public enum PairedChange {
    /// second − first; NaN where either is.
    ///
    /// - Parameters:
    ///   - first, second: maps of the same subjects in the same order, over the same mask.
    public static func images(first: StudyImages, second: StudyImages) throws(StudyError) -> StudyImages {
        guard first.subjects == second.subjects else {
            throw .data("The two measurements are of different subjects, or in another order.")
        }
        guard first.mask == second.mask else { throw .data("The two measurements are on different masks.") }
        return try StudyImages(
            mask: first.mask, rows: zip(first.rows, second.rows).map { values($0, $1) }, subjects: first.subjects)
    }

    /// second − first, value by value.
    public static func values(_ first: [Float], _ second: [Float]) -> [Float] { zip(first, second).map { $1 - $0 } }
}
