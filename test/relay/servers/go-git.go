package main

import (
	"log"
	"net/http"
	"os"

	"github.com/go-git/go-billy/v6/osfs"
	"github.com/go-git/go-git/v6/backend"
	"github.com/go-git/go-git/v6/plumbing/transport"
)

func main() {
	b := backend.New(transport.NewFilesystemLoader(osfs.New(os.Args[2]), false))
	b.ErrorLog = log.Default()
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.SetBasicAuth("x", "y")
		b.ServeHTTP(w, r)
	})))
}
