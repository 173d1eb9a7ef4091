import Evidence
import Formats
import Imaging
import SeedBasedMapping

extension FuzzedReader {
    /// What is read besides one project: several inputs at once, and tables that options and settings name.
    static var inputs: [FuzzedReader] {
        [
            FuzzedReader("several inputs, one of them", victim: "up.txt", files: SoundFiles.planned) { folder in
                let up = try ProjectInput(commandLine: "\(folder)/up.txt:+,mni,group=patients")
                let down = try ProjectInput(commandLine: "\(folder)/down.txt:-,group=controls")
                try use(try ProjectReader.read([up, down]), beside: folder)
            },
            FuzzedReader("several inputs, what is said of one", victim: "option", files: SoundFiles.planned) { folder in
                let up = try ProjectInput(commandLine: "\(folder)/up.txt:\(try text("option", in: folder))")
                let down = try ProjectInput(commandLine: "\(folder)/down.txt:-")
                try use(try ProjectReader.read([up, down]), beside: folder)
            },
            FuzzedReader("sizes of groups", victim: "sizes.tsv", files: SoundFiles.planned) { folder in
                let input = ProjectInput(path: "\(folder)/up.txt")
                let sizes = ProjectReader.Assumptions(sign: .positive, groups: .table(path: "\(folder)/sizes.tsv"))
                try use(try ProjectReader.read([input], assuming: sizes), beside: folder)
            },
            FuzzedReader("base rates, a table", victim: "coordinates.tsv", files: SoundFiles.neurosynth) { folder in
                let source = Settings.BaseRateSource.file("\(folder)/coordinates.tsv")
                _ = try BaseRates(source, experiments: [SoundFiles.experiment], mask: SoundImages.mask)
            },
            FuzzedReader("base rates, an image", victim: "map.nii", files: SoundImages.files) { folder in
                let source = Settings.BaseRateSource.file("\(folder)/map.nii")
                _ = try BaseRates(source, experiments: [SoundFiles.experiment], mask: SoundImages.mask)
            },
            FuzzedReader("table of labels", victim: "labels.txt", files: SoundFiles.labels) { folder in
                _ = try LabelTable(contentsOf: "\(folder)/labels.txt")
            },
        ]
    }
}
