import Evidence
import Formats
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Names of studies in SDM folders")
struct SDMNamesTests {
    @Test(
        "with accents, blanks and marks, composed or not, on the disk and in the table",
        arguments: ["Müller 2011", "Peña & Ruiz, 2009", "O'Brien 2001", "Ågren_2020", "李 2015", "Smith (2004)"])
    func names(_ name: String) throws {
        for table in [name.precomposedStringWithCanonicalMapping, name.decomposedStringWithCanonicalMapping] {
            for file in [name.precomposedStringWithCanonicalMapping, name.decomposedStringWithCanonicalMapping] {
                let scratch = try Scratch([
                    "sdm_table.txt": "study\tn1\n\(table)\t20\nPlain2001\t21\n", "\(file).spm_mni.txt": "1,2,3,4\n",
                    "Plain2001.no_peaks.txt": "",
                ])
                let project = try scratch.read()
                #expect(project.experiments[0].study == name)
                #expect(project.experiments[0].peaks.count == 1)
                #expect(project.experiments[0].id.utf8.allSatisfy { $0 < 0x80 && $0 != 0x20 })
                #expect(project.notices.contains { $0.code == "study-renamed" })
                // What was read can be written, and read again.
                try ProjectWriter.write(project, as: .sdm, to: "\(scratch.path)/out")
                #expect(try ProjectReader.read("\(scratch.path)/out").experiments.map(\.peaks.count) == [1, 0])
            }
        }
    }

    @Test("two names that become the same are told apart")
    func same() throws {
        let scratch = try Scratch([
            "sdm_table.txt": "study\tn1\nA B\t20\nA_B\t21\nÄ B\t22\n", "A B.no_peaks.txt": "",
            "A_B.spm_mni.txt": "1,2,3,4\n",
            "Ä B.no_peaks.txt": "",
        ])
        let ids = try scratch.read().experiments.map(\.id)
        #expect(Set(ids).count == 3 && ids[1] == "A_B")
    }

    @Test(
        "an ending that is not known gets all that there are, and no guess",
        arguments: [".spm_mmi.txt", ".tal.doc", ".nrrd", ".spm_tla.txt"])
    func endings(_ ending: String) throws {
        let scratch = try Scratch(["sdm_table.txt": "study\tn1\nA\t20\n", "A\(ending)": "1,2,3,4\n"])
        let told = problem { try scratch.read() }
        #expect(told.contains("A\(ending) has no known ending"))
        #expect(!told.contains("Did you mean"))
        for known in [".spm_mni.txt", ".other_tal.txt", ".spm_brett.txt"] { #expect(told.contains(known)) }
    }
}
