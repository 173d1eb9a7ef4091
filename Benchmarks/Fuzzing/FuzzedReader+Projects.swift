import Evidence
import Formats
import Foundation
import Imaging

extension FuzzedReader {
    /// Projects in every format, one file of each damaged at a time.
    static var projects: [FuzzedReader] {
        [
            project("native plan", SoundFiles.native, victim: "cuneus.yaml"),
            project("native studies", SoundFiles.native, victim: "studies.tsv"),
            project("native peaks", SoundFiles.native, victim: "peaks.tsv"),
            project("native studies as Excel saves them", SoundFiles.spreadsheet, victim: "studies.csv"),
            project("SDM table", SoundFiles.sdm, victim: "sdm_table.txt"),
            project("SDM peaks", SoundFiles.sdm, victim: "A.other_mni.txt"),
            project("SDM peaks as Excel saves them", SoundFiles.sdm, victim: "B.spm_brett.txt"),
            project("Sleuth", SoundFiles.sleuth, victim: "foci.txt", opened: "foci.txt"),
            project("Sleuth as Excel saves it", SoundFiles.sleuth, victim: "excel.txt", opened: "excel.txt"),
            project("NIMADS", SoundFiles.nimads, victim: "set.json", opened: "set.json"),
            project("NIMADS, gzip", SoundFiles.nimads, victim: "zipped.json.gz", opened: "zipped.json.gz"),
            project("NIMADS in other JSON", SoundFiles.nimads, victim: "wrapped.json", opened: "wrapped.json"),
            project("NIMADS annotation", SoundFiles.nimads, victim: "set_annotation.json", opened: "set.json"),
            project("NiMARE", SoundFiles.nimads, victim: "dataset.json", opened: "dataset.json"),
            project("Neurosynth coordinates", SoundFiles.neurosynth, victim: "coordinates.tsv"),
            project("Neurosynth metadata", SoundFiles.neurosynth, victim: "metadata.tsv"),
            project("plan that names its inputs", SoundFiles.planned, victim: "cuneus.yaml"),
            project("input that a plan names", SoundFiles.planned, victim: "up.txt"),
        ]
    }

    static func project(
        _ name: String, _ files: [String: [UInt8]], victim: String, opened: String? = nil
    ) -> FuzzedReader {
        FuzzedReader(name, victim: victim, files: files) { folder in
            let project = try placed { () throws(InputError) in
                try ProjectReader.read(opened.map { "\(folder)/\($0)" } ?? folder)
            }
            try use(project, beside: folder)
        }
    }

    /// Errors of a file say in which it is.
    static func placed<Value>(_ read: () throws(InputError) -> Value) throws -> Value {
        do {
            return try read()
        } catch {
            throw error.location == nil ? Fault(description: "an error without a place: \(error)") : error as any Error
        }
    }

    /// What every command does with a project: check it, tell what was found, take the experiments of its models, write it and
    /// read that again.
    static func use(_ project: Project, beside folder: String) throws {
        let report = NoticeReport(ProjectCheck.run(project))
        _ = (report.text, report.foldedText, report.json)
        _ = try project.canonicalPlan()
        for model in project.models {
            let settings = try project.settings(of: model)
            _ = try project.experiments(of: model, settings: settings)
        }
        try checkRoundTrip(project, beside: folder)
    }

    /// What is written of a project is that project.
    private static func checkRoundTrip(_ project: Project, beside folder: String) throws {
        let written = "\(folder).written"
        try? FileManager.default.removeItem(atPath: written)
        defer { try? FileManager.default.removeItem(atPath: written) }
        do {
            try ProjectWriter.write(project, as: .native, to: written)
        } catch is InputError {
            return
        } catch is OutputError {
            // A map that the project names and that is not there.
            return
        }
        let back: Project
        do {
            back = try ProjectReader.read(written)
        } catch {
            throw Fault(description: "what was written cannot be read: \(error)")
        }
        guard back.experiments.map(\.peaks.count) == project.experiments.map(\.peaks.count) else {
            throw Fault(description: "what was written has other experiments or peaks than what was read")
        }
    }
}
