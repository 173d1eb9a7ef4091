public import Evidence
import Figures
public import Formats
import Imaging

/// About how much memory a study takes at most: so many numbers a voxel, which grow with images, people and threads, and what the
/// program itself needs. Permutations take none that counts: each leaves a line behind.
public struct StudyMemory: Hashable, Sendable {
    /// Images that are read.
    public let images: Int
    /// Voxels of each that are kept.
    public let voxels: Int
    public let threads: Int
    public let bytes: Int

    /// The program, its templates and atlases, and the page that is written: measured (Docs/study.md).
    private static let program = 110 << 20

    /// - Parameters:
    ///   - grid: voxels of the images' whole grid.
    ///   - voxels: of the mask in which images are read.
    ///   - tested: of these, what is tested; 0 while it is not known yet.
    public init(
        _ design: ParticipantDesign, _ choices: StudyChoices, grid: Int, voxels: Int, tested: Int, threads: Int
    ) {
        images = design.rows.count
        self.voxels = voxels
        self.threads = threads
        let units = design.units.count
        let people = design.people
        let tests = 1 + (choices.isConjunction ? design.tested.count : 0)
        // One image on its whole grid at a time: its file, and its values.
        let reading = images * voxels + 4 * grid
        var kept = images * (tested < voxels ? tested : 0)
        // Differences of images are maps of their own.
        if design.units.contains(where: { $0.terms.count > 1 }) { kept += units * tested }
        // Of every test the residuals of all maps, and what stands beside each voxel.
        kept += tests * (units + 8) * tested
        // Each thread's rearranged maps and what clusters and TFCE need of them, or a fit without one person.
        kept += threads * 24 * tested
        // The study without each person; more people than these are not left out one by one.
        if people <= StudyPeople.mostPeople { kept += people * tested }
        if choices.isRobust { kept += 2 * (2 * design.columns.count + units + 2) * tested }
        if choices.countsFalseDiscoveries { kept += 16 * tested }
        // Maps of the result, and those that are being written.
        kept += 40 * tested + 6 * grid
        bytes = 4 * (reading + kept) + Self.program
    }

    /// `about 214 MiB of memory for 20 images of 228,453 voxels on 2 threads`.
    public var words: String {
        "about \(PrettyNumber.count(max(1, bytes >> 20))) MiB of memory for \(PrettyNumber.plural(images, "image")) of "
            + "\(PrettyNumber.count(voxels)) voxels on \(PrettyNumber.plural(threads, "thread"))"
    }

    /// - Parameter room: bytes that there are; nil where nobody knows.
    /// - Throws: where it does not fit.
    public func check(_ room: Int?) throws(InputError) {
        guard let room, bytes > room else { return }
        throw InputError(
            "the study takes \(words), and there are \(PrettyNumber.count(room >> 20)) MiB.",
            remedy:
                "Use images of larger voxels, --mask grey, fewer --threads, or a machine with more memory (--memory GiB allows more than is free now)."
        )
    }
}

extension StudyAnalysis {
    /// What the study takes.
    public func memory(threads: Int) -> StudyMemory {
        StudyMemory(
            participants, choices, grid: mask.grid.count, voxels: mask.count, tested: mask.count, threads: threads)
    }
}
