import Imaging

/// One way in which input can be wrong: how to make it, and what a person must be told.
struct BadInput: Sendable, CustomStringConvertible {
    var name: String
    /// The project to start from, and its path within the scratch folder.
    var files: [String: String] = nativeFiles
    var project = "p"
    var options: [String] = []
    /// What the message must contain: the place first.
    var told: [String]
    var spoil: @Sendable (Scratch) throws -> Void

    var description: String { name }

    private static func native(
        _ name: String, options: [String] = [], _ told: String..., spoil: @escaping @Sendable (Scratch) throws -> Void
    ) -> BadInput {
        BadInput(name: name, options: options, told: told, spoil: spoil)
    }

    private static func sdm(
        _ name: String, _ told: String..., spoil: @escaping @Sendable (Scratch) throws -> Void
    ) -> BadInput {
        BadInput(name: name, files: sdmFiles, project: "s", told: told, spoil: spoil)
    }

    private static func sleuth(
        _ name: String, options: [String] = ["--sign", "positive"], _ told: String...,
        spoil: @escaping @Sendable (Scratch) throws -> Void
    ) -> BadInput {
        BadInput(name: name, files: sleuthFiles, project: "foci.txt", options: options, told: told, spoil: spoil)
    }

    /// `maps/Dorn2004.nii.gz` in place of the peaks of Dorn2004 (n = 30).
    private static func map(
        _ name: String, _ told: String..., spoil: @escaping @Sendable (Scratch) throws -> Void
    ) -> BadInput {
        BadInput(name: name, told: ["p/maps/Dorn2004.nii.gz"] + told) { scratch in
            try useMap(scratch)
            try spoil(scratch)
        }
    }

    private static let mapFile = "p/maps/Dorn2004.nii.gz"

    private static func useMap(_ scratch: Scratch) throws {
        try scratch.edit("p/studies.tsv", "Dorn2004\t30\t0\t3.4\tpeaks\trest", "Dorn2004\t30\t0\t\tmap\trest")
        try scratch.edit("p/peaks.tsv", "Dorn2004\t-40\t28\t-2\tmni\tt\t6.1\ttable 3\n", "")
        try scratch.edit("p/peaks.tsv", "Dorn2004\t46\t18\t2\tmni\tsign\tp\ttable 3\n", "")
        try scratch.writeMap(mapFile, value: 3, intent: .tTest(degreesOfFreedom: 29), voxelSize: 8)
    }

    static let all: [BadInput] = places + plans + studies + peaks + images + sdmFolders + sleuthTexts

    private static let places = [
        native("a missing folder", "p", "no such file or folder") { try $0.remove("p") },
        native("a folder without a project", "p:", "cuneus.yaml") { scratch in
            for file in ["cuneus.yaml", "studies.tsv", "peaks.tsv"] { try scratch.remove("p/\(file)") }
        },
        native("a plan without studies", "p/studies.tsv") { try $0.remove("p/studies.tsv") },
        native("a folder in place of the peaks", "p/peaks.tsv") { scratch in
            try scratch.remove("p/peaks.tsv")
            try scratch.makeFolder("p/peaks.tsv")
        },
        native("an empty table", "p/studies.tsv") { try $0.write("p/studies.tsv", "") },
        native("a table of a header", "p/studies.tsv", "no experiments") {
            try $0.write("p/studies.tsv", "experiment\tn1\n")
        },
        native("an empty table of peaks", "p/peaks.tsv") { try $0.write("p/peaks.tsv", "") },
        native("a binary file in place of a table", "p/studies.tsv") {
            try $0.write("p/studies.tsv", bytes: (0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 37) })
        },
    ]

    private static let plans = [
        native("malformed YAML", "p/cuneus.yaml:2:", "YAML") {
            try $0.edit("p/cuneus.yaml", "question: What changes?", "question: \"What\" changes?")
        },
        native("YAML with a tab", "p/cuneus.yaml:4:") { try $0.edit("p/cuneus.yaml", "  seed: 7", "\tseed: 7") },
        native("an unknown key of the plan", "p/cuneus.yaml:5:1", "modles", "models") {
            try $0.edit("p/cuneus.yaml", "models:", "modles:")
        },
        native("a key twice", "p/cuneus.yaml:", "name", "twice") {
            try $0.edit("p/cuneus.yaml", "question: What changes?", "name: again")
        },
        native("an unknown setting", "p/cuneus.yaml:4:3", "sede", "seed") {
            try $0.edit("p/cuneus.yaml", "seed: 7", "sede: 7")
        },
        native("a setting out of range", "p/cuneus.yaml:4:3", "imputations", "1 to 10000") {
            try $0.edit("p/cuneus.yaml", "seed: 7", "imputations: 0")
        },
        native("an unknown key of a model", "p/cuneus.yaml:7:5", "questoin", "question") {
            try $0.edit("p/cuneus.yaml", "question: Anything?", "questoin: Anything?")
        },
        native("a filter by an unknown column", "p/cuneus.yaml:", "tsk", "task") {
            try $0.edit("p/cuneus.yaml", "task == \"rest\"", "tsk == \"rest\"")
        },
        native("a filter that is no filter", "p/cuneus.yaml:9:") {
            try $0.edit("p/cuneus.yaml", "task == \"rest\"", "task == == \"rest\"")
        },
        native("a filter that nothing meets", "p/cuneus.yaml:9:", "no-experiments", "0 experiments") {
            try $0.edit("p/cuneus.yaml", "task == \"rest\"", "task == \"sleep\"")
        },
        native("a threshold column that is not there", "p/cuneus.yaml:", "t_thr_p01") {
            try $0.edit("p/cuneus.yaml", "seed: 7", "threshold_column: t_thr_p01")
        },
        native("a mask that is not there", "p/none.nii.gz", "No such file") {
            try $0.edit("p/cuneus.yaml", "seed: 7", "mask: none.nii.gz")
        },
        native("a model's mask that is not there, seen from the plan", "p/masks/none.nii.gz", "No such file") {
            try $0.edit("p/cuneus.yaml", "question: Anything?", "mask: masks/none.nii.gz")
        },
        native("an atlas that is not there", "p/atlas.nii.gz") {
            try $0.write("p/cuneus.yaml", $0.text("p/cuneus.yaml") + "atlases:\n  - {name: Yeo, image: atlas.nii.gz}\n")
        },
    ]

    private static let studies = [
        native("no n1", "p/studies.tsv:2", "Able2001", "n1") {
            try $0.edit("p/studies.tsv", "Able2001\t20", "Able2001\t")
        },
        native("no column n1", "p/studies.tsv:1", "n1") { try $0.edit("p/studies.tsv", "\tn1\t", "\tnumber\t") },
        native("n1 in words", "p/studies.tsv:3", "fifteen") {
            try $0.edit("p/studies.tsv", "Baker2002\t15", "Baker2002\tfifteen")
        },
        native("a negative n1", "p/studies.tsv:3", "-15") {
            try $0.edit("p/studies.tsv", "Baker2002\t15", "Baker2002\t-15")
        },
        native("an n1 beyond counting", "p/studies.tsv:3") {
            try $0.edit("p/studies.tsv", "Baker2002\t15", "Baker2002\t99999999999999999999")
        },
        native("a case study", "p/studies.tsv:4", "n1 = 2") {
            try $0.edit("p/studies.tsv", "Cole2003\t12", "Cole2003\t2")
        },
        native("an experiment twice", "p/studies.tsv:3", "line 2") {
            try $0.edit("p/studies.tsv", "Baker2002", "Able2001")
        },
        native("a name that is a path", "p/studies.tsv:4") { try $0.edit("p/studies.tsv", "Cole2003", "../Cole2003") },
        native("a threshold that is a p value", "p/studies.tsv:2", "t =") {
            try $0.edit("p/studies.tsv", "3.58", "p<.001")
        },
        native("a threshold of .001", "p/studies.tsv:2", "p value") { try $0.edit("p/studies.tsv", "3.58", "0.001") },
        native("neither peaks nor a map", "p/studies.tsv:4", "report") {
            try $0.edit("p/studies.tsv", "none", "peaks")
        },
        native("peaks of what found nothing", "p/studies.tsv:2", "none") {
            try $0.edit("p/studies.tsv", "3.58\tpeaks", "3.58\tnone")
        },
        native("too many cells in a row", "p/studies.tsv:2") {
            try $0.edit("p/studies.tsv", "3.58\tpeaks\trest", "3.58\tpeaks\trest\tmore\tand more")
        },
    ]

    private static let peaks = [
        native("a coordinate that is no number", "p/peaks.tsv:2", "left") {
            try $0.edit("p/peaks.tsv", "-42\t26", "left\t26")
        },
        native("a coordinate that is not finite", "p/peaks.tsv:2") { try $0.edit("p/peaks.tsv", "-42\t26", "inf\t26") },
        native("a coordinate that is missing", "p/peaks.tsv:3", "y") { try $0.edit("p/peaks.tsv", "30\t-12", "30\t") },
        native("a peak of an unknown experiment", "p/peaks.tsv:4", "Baker2020", "Baker2002") {
            try $0.edit("p/peaks.tsv", "Baker2002", "Baker2020")
        },
        native("an unknown sign", "p/peaks.tsv:3", "sideways", "p or n") {
            try $0.edit("p/peaks.tsv", "sign\tn", "sign\tsideways")
        },
        native("an unknown statistic", "p/peaks.tsv:4", "chi") { try $0.edit("p/peaks.tsv", "z\t3.9", "chi\t3.9") },
        native("a p value above 1", "p/peaks.tsv:4", "p = 3.9") { try $0.edit("p/peaks.tsv", "z\t3.9", "p\t3.9") },
        native("neither sign nor statistic", "p/peaks.tsv:4", "sign") { try $0.edit("p/peaks.tsv", "z\t3.9", "\t") },
        native("an unknown space", "p/peaks.tsv:4", "mnii", "mni") { try $0.edit("p/peaks.tsv", "mni\tz", "mnii\tz") },
        native("no space", "p/peaks.tsv:4", "space") { try $0.edit("p/peaks.tsv", "mni\tz", "\tz") },
        native("a coordinate outside any head", "p/peaks.tsv:2", "millimetres") {
            try $0.edit("p/peaks.tsv", "-42\t26", "-420\t26")
        },
        native("a t of hundreds", options: ["--strict"], "p/peaks.tsv:2") {
            try $0.edit("p/peaks.tsv", "t\t5.5", "t\t550")
        },
        native("a peak outside the brain (--strict)", options: ["--strict"], "p/peaks.tsv:2", "mm outside the brain") {
            try $0.edit("p/peaks.tsv", "-42\t26", "-95\t26")
        },
        native("a flipped table (--strict)", options: ["--strict"], "p/peaks.tsv:7", "y negated") { scratch in
            // The occipital pole is brain at y = -100; 100 mm in front there is none.
            try scratch.edit("p/peaks.tsv", "Eder2005\t-42\t22\t2", "Eder2005\t-10\t98\t2")
            try scratch.edit("p/peaks.tsv", "Eder2005\t8\t-80\t6", "Eder2005\t8\t100\t2")
        },
        native("a peak twice (--strict)", options: ["--strict"], "p/peaks.tsv:3", "line 2") {
            try $0.edit("p/peaks.tsv", "30\t-12\t42", "-42\t26\t0")
        },
        native("a table twice (--strict)", options: ["--strict"], "p/studies.tsv:5", "duplicate-table") { scratch in
            try scratch.edit("p/peaks.tsv", "-40\t28\t-2", "-42\t26\t0")
            try scratch.edit("p/peaks.tsv", "46\t18\t2", "30\t-12\t42")
        },
        native("a sample twice (--strict)", options: ["--strict"], "p/studies.tsv:3", "share sample") { scratch in
            try scratch.edit("p/cuneus.yaml", "seed: 7", "samples: separate")
            try scratch.edit("p/studies.tsv", "experiment\t", "sample\texperiment\t")
            for (id, sample) in [
                ("Able", "A"), ("Baker", "A"), ("Cole", "C"), ("Dorn", "D"), ("Eder", "E"),
            ] { try scratch.edit("p/studies.tsv", id, "\(sample)\t\(id)") }
        },
        native("too few experiments (--strict)", options: ["--strict"], "p/cuneus.yaml:6:3", "too-few-experiments") {
            _ in
        },
    ]

    private static let images = [
        native("a map that is not there", "p/studies.tsv:5", "maps/Dorn2004.nii.gz") { scratch in
            try useMap(scratch)
            try scratch.remove(mapFile)
        },
        map("an empty map") { try $0.write(mapFile, bytes: []) },
        map("a map cut short") { try $0.write(mapFile, bytes: Array($0.bytes(mapFile).dropLast(40))) },
        map("a map cut within its header") { try $0.write(mapFile, bytes: Array($0.bytes(mapFile).prefix(60))) },
        map("a map with damaged gzip") { scratch in
            var bytes = scratch.bytes(mapFile)
            for n in stride(from: bytes.count / 2, to: bytes.count - 8, by: 3) { bytes[n] ^= 0x5A }
            try scratch.write(mapFile, bytes: bytes)
        },
        map("a map that is text") { try $0.write(mapFile, "not an image, but long enough to be taken for one\n") },
        map("a t map of other degrees of freedom", "31", "29", "degrees of freedom") {
            try $0.writeMap(mapFile, value: 3, intent: .tTest(degreesOfFreedom: 31), voxelSize: 8)
        },
        map("two volumes in a map", "2 volumes") { scratch in
            let volume = Volume(grid: .mni2mm, repeating: 3)
            try NIfTIImage([volume, volume])?.write(to: "\(scratch.path)/\(mapFile)")
        },
        native("two maps of an experiment", "p/studies.tsv:5", "Dorn2004_z.nii.gz") { scratch in
            try useMap(scratch)
            try scratch.writeMap("p/maps/Dorn2004_z.nii.gz", value: 3, intent: .zScore, voxelSize: 8)
        },
    ]

    private static let sdmFolders = [
        sdm("an SDM study without a file", "s/sdm_table.txt:3", "Baker2002") {
            try $0.remove("s/Baker2002.other_tal.txt")
        },
        sdm("an SDM peak file with an unknown ending", "s/sdm_table.txt:3", "no known ending", ".other_tal.txt") {
            scratch in
            try scratch.remove("s/Baker2002.other_tal.txt")
            try scratch.write("s/Baker2002.other_tall.txt", "1,2,3,4\n")
        },
        sdm("an SDM peak that can be read in two ways", "s/Able2001.spm_mni.txt:1", "two ways") {
            try $0.write("s/Able2001.spm_mni.txt", "36,24 -8 9.66\n")
        },
        sdm("an SDM coordinate that is no number", "s/Able2001.spm_mni.txt:2", "3O") {
            try $0.edit("s/Able2001.spm_mni.txt", "30,", "3O,")
        },
        sdm("an SDM t that is no number", "s/Able2001.spm_mni.txt:2", "x") {
            try $0.edit("s/Able2001.spm_mni.txt", "42,n", "42,x")
        },
        sdm("an SDM peak of two numbers", "s/Able2001.spm_mni.txt:1") {
            try $0.write("s/Able2001.spm_mni.txt", "1,2\n")
        },
        sdm("an SDM table without n", "s/sdm_table.txt:2", "n1") {
            try $0.edit("s/sdm_table.txt", "Able2001\t20", "Able2001\tNA")
        },
        sdm("peaks in a no_peaks file", "s/Cole2003.no_peaks.txt:1") {
            try $0.write("s/Cole2003.no_peaks.txt", "1,2,3,4\n")
        },
    ]

    private static let sleuthTexts = [
        sleuth("a Sleuth text without a sign", options: [], "foci.txt:4", "--sign") { _ in },
        sleuth("a Sleuth text without a space", "foci.txt:", "--space") {
            try $0.edit("foci.txt", "//Reference=MNI\n", "")
        },
        sleuth("a Sleuth text of an unknown space", "foci.txt:1", "Moon") { try $0.edit("foci.txt", "=MNI", "=Moon") },
        sleuth("a Sleuth experiment without subjects", "foci.txt:", "Subjects") {
            try $0.edit("foci.txt", "//Subjects=31\n", "")
        },
        sleuth("subjects in words", "foci.txt:3", "many") { try $0.edit("foci.txt", "=20", "=many") },
        sleuth("a Sleuth coordinate that is no number", "foci.txt:9", "x4") {
            try $0.edit("foci.txt", "24\t4", "24\tx4")
        },
        sleuth("a text without foci", "foci.txt") { try $0.write("foci.txt", "//Reference=MNI\n") },
        sleuth("a text that is no Sleuth text", "foci.txt", "//") { try $0.write("foci.txt", "Dear reader,\n") },
        sleuth("an empty file", "foci.txt") { try $0.write("foci.txt", "") },
    ]
}
